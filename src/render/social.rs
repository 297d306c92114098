//! Social cards: what they show, and how pages lead to them.

use crate::base::paths::UrlPath;
use crate::base::text::excerpt;
use crate::config::cards::SocialCards;
use crate::content::countries::{self, Country};
use crate::render::dates;
use crate::render::view::{ImageView, SocialCardView};
use crate::render::views::Views;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::urls;

/// Most flags on a card.
const MOST_FLAGS: usize = 6;
/// Most characters of a summary that a card is given to set.
const MOST_WORDS: usize = 400;

/// The card of an article's page, for its head.
pub fn of_article(views: &Views, page: &UrlPath, title: &str) -> Option<ImageView> {
    (views.config().social_cards != SocialCards::Off).then(|| image(views, page, title))
}

/// The card of an entity's page, for its head.
pub fn of_entity(views: &Views, page: &UrlPath, name: &str) -> Option<ImageView> {
    (views.config().social_cards == SocialCards::All).then(|| image(views, page, name))
}

fn image(views: &Views, page: &UrlPath, title: &str) -> ImageView {
    let url = urls::social_card(page);
    ImageView {
        url: views.href(&url),
        permalink: views.permalink(&url),
        alt: title.to_string(),
        caption: None,
        credit: None,
        width: Some(SIZE.0),
        height: Some(SIZE.1),
        srcset: String::new(),
        sources: Vec::new(),
        placeholder: String::new(),
    }
}

/// Width and height of a card, in pixels.
pub const SIZE: (usize, usize) = (1200, 630);

/// What the card of an article shows: nothing that lists do not show, so that a change in its text draws no card anew.
pub fn article(views: &Views, id: ArticleId) -> SocialCardView {
    let article = views.glance(id);
    SocialCardView {
        title: article.title().to_string(),
        label: Some(article.label().to_string()),
        native_name: None,
        summary: excerpt(&article.summary(), MOST_WORDS),
        date: article.date().map(|date| dates::moment(date, views.language())),
        flags: flags(article.countries()),
        is_country: false,
    }
}

/// What the card of an entity shows.
pub fn entity(views: &Views, id: EntityId) -> SocialCardView {
    let entity = views.profile(id);
    let input = entity.meta.map(|meta| &meta.input);
    let native = input.and_then(|input| input.native_name.clone());
    let native = native.or_else(|| entity.country.and_then(|country| country.native.map(str::to_string)));
    let own = entity.country.into_iter();
    let countries = own.chain(entity.countries.iter().filter_map(|id| views.country(*id)));
    SocialCardView {
        title: entity.name.to_string(),
        label: Some(views.kind_ref(entity.kind).singular),
        native_name: native.filter(|name| name != entity.name),
        summary: excerpt(input.and_then(|input| input.summary.as_deref()).unwrap_or_default(), MOST_WORDS),
        date: None,
        flags: flags(countries),
        is_country: entity.country.is_some(),
    }
}

fn flags(countries: impl Iterator<Item = &'static Country>) -> Vec<String> {
    let codes = countries.map(|country| country.code).filter(|code| countries::flag_svg(code).is_some());
    codes.take(MOST_FLAGS).map(str::to_string).collect()
}

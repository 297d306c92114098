//! The social card of each article and, where the site asks for it, of each entity.

use std::borrow::Cow;

use tera::Context;

use crate::base::diagnostics::Diagnostic;
use crate::config::cards::SocialCards;
use crate::outputs::{Plan, Press, Recipe, Rendered};
use crate::render::social;
use crate::render::views::marking;
use crate::site::ids::{ArticleId, EntityId};
use crate::site::{Site, urls};

pub(super) fn plan(site: &Site, plan: &mut Plan) {
    let which = site.config.social_cards;
    if which != SocialCards::Off {
        for (index, article) in site.articles.iter().enumerate().filter(|(_, article)| !article.is_borrowed()) {
            let card = SocialCard::Article(ArticleId::at(index));
            plan.add(&urls::social_card(&article.url), Some(&article.path), card);
        }
    }
    if which == SocialCards::All {
        for (index, entity) in site.entities.iter().enumerate().filter(|(_, entity)| !entity.is_borrowed()) {
            let card = SocialCard::Entity(EntityId::at(index));
            plan.add(&urls::social_card(&entity.url), Some(&entity.origin), card);
        }
    }
}

#[derive(Debug)]
enum SocialCard {
    Article(ArticleId),
    Entity(EntityId),
}

/// The template of all cards.
const TEMPLATE: &str = "card.svg";

impl Recipe for SocialCard {
    fn name(&self) -> Cow<'static, str> {
        "social card".into()
    }

    fn language<'s>(&self, site: &'s Site) -> &'s str {
        match self {
            SocialCard::Article(id) => &site.article(*id).lang,
            SocialCard::Entity(_) => &site.config.language,
        }
    }

    fn render(&self, press: &Press, diagnostics: &mut Vec<Diagnostic>) -> Option<Rendered> {
        let views = press.views;
        let (mut card, page) = match self {
            SocialCard::Article(id) => {
                let article = views.glance(*id);
                let mut page = views.page("article", article.title(), article.url());
                page.marking = article.marking().map(marking);
                (social::article(views, *id), page)
            }
            SocialCard::Entity(id) => {
                let entity = views.identity(*id);
                (social::entity(views, *id), views.page("entity", entity.name, entity.url))
            }
        };
        card.summary.push_str(views.secret("social-card"));
        let mut context = Context::new();
        context.insert("page", &page);
        context.insert("card", &card);
        views.note_template(TEMPLATE);
        match press.templates.render(TEMPLATE, &context, &page.url, views.voice()) {
            Ok(svg) => Some(Rendered::Card { svg, template: press.templates.path(TEMPLATE), of: page.url }),
            Err(fault) => {
                diagnostics.push(*fault);
                None
            }
        }
    }
}

//! What an output has looked at while it was made.

use std::sync::Arc;

use crate::base::hash::Digest;
use crate::base::paths::SourcePath;
use crate::content::markdown::LinkTarget;
use crate::content::vocabulary::Tlp;
use crate::render::leads;
use crate::render::templates::Templates;
use crate::render::views::Shared;
use crate::site::faces::{Face, Faces};

/// Something that an output has looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Read {
    /// A portion of the site.
    Face(Face),
    /// Where a link of a file leads, on a page of this marking.
    Link(Arc<(SourcePath, LinkTarget, Tlp)>),
    /// A picture that a file shows.
    Picture(Arc<(SourcePath, String)>),
    /// Who a name in an event is.
    Person(Box<str>),
    /// A template, with all that it uses.
    Template(Box<str>),
    /// A shortcode, with all that it uses.
    Component(Box<str>),
    /// Any of these, in the edition of this number.
    Of(usize, Box<Read>),
}

/// Where reads are looked up.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// The site.
    pub shared: &'a Shared<'a>,
    /// Its faces.
    pub faces: &'a Faces,
    /// Its templates.
    pub templates: &'a Templates,
}

impl<'a> Sight<'a> {
    /// The same for an edition in another language.
    pub fn of_edition(&self, number: usize) -> Self {
        Self { shared: self.shared.edition(number), faces: self.faces.edition(number), templates: self.templates }
    }
}

impl Read {
    /// Whether it is a link that leads nowhere: to something withheld, or to nothing.
    pub fn is_dead(&self, sight: &Sight) -> bool {
        match self {
            Read::Link(link) => leads::link(sight.shared, &link.0, &link.1, link.2).is_err(),
            Read::Of(number, read) => read.is_dead(&sight.of_edition(*number)),
            _ => false,
        }
    }

    /// The same read of an edition in another language, unless it is told already of which it is.
    pub fn of_edition(self, number: usize) -> Self {
        match self {
            Read::Of(..) => self,
            read => Read::Of(number, Box::new(read)),
        }
    }

    /// The digest of what is seen there now.
    pub fn digest(&self, sight: &Sight) -> Digest {
        match self {
            Read::Face(face) => sight.faces.digest(*face),
            Read::Link(link) => leads::digest_of_link(sight.shared, &link.0, &link.1, link.2),
            Read::Picture(picture) => leads::digest_of_picture(sight.shared, &picture.0, &picture.1),
            Read::Person(name) => leads::digest_of_person(sight.shared, name),
            Read::Template(name) => sight.templates.digest(sight.shared.number(), name),
            Read::Component(name) => sight.templates.component_digest(sight.shared.number(), name),
            Read::Of(number, read) => read.digest(&sight.of_edition(*number)),
        }
    }
}

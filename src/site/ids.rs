//! Numbers that stand for the things of a site: small, ordered, and of a type each.

use borsh::{BorshDeserialize, BorshSerialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
        pub struct $name(u32);

        impl $name {
            /// Returns the id of the thing at `index` of its list.
            ///
            /// A site of more than four thousand million things is refused long before this.
            pub fn at(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            /// Returns its place in its list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// An article of [`Site::articles`](crate::site::Site::articles).
    ArticleId
}
id! {
    /// An entity of [`Site::entities`](crate::site::Site::entities).
    EntityId
}
id! {
    /// A section of [`Site::sections`](crate::site::Site::sections).
    SectionId
}
id! {
    /// An author of [`Site::authors`](crate::site::Site::authors).
    AuthorId
}
id! {
    /// A series of [`Site::series`](crate::site::Site::series).
    SeriesId
}
id! {
    /// A loose page of [`Site::pages`](crate::site::Site::pages).
    PageId
}
id! {
    /// A pair of [`Connections::pairs`](crate::site::connections::Connections::pairs).
    PairId
}

//! Where a portrait is looked at: the place in a picture that its crops are made around.
//!
//! Written as CSS writes `object-position`: `50% 30%` from the left and from the top, `top`, `bottom left`. Unlike there, the
//! place is the middle of what is seen, as far as the picture reaches: that is how an editor says where a face is.

/// A place in a picture, in hundredths of its width from the left and of its height from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Focus {
    /// From the left, 0 to 100.
    pub x: u8,
    /// From the top, 0 to 100.
    pub y: u8,
}

impl Focus {
    /// Where faces are in most portraits: in the middle, a third from the top.
    pub const FACES: Focus = Focus { x: 50, y: 33 };

    /// Reads a place: one word or two (`top`, `left top`, `center`), or two percentages (`50% 30%`), from the left first.
    pub fn parse(text: &str) -> Option<Focus> {
        let parts: Vec<Part> = text.split_whitespace().map(part).collect::<Option<_>>()?;
        match parts[..] {
            [Part::Across(x)] => Some(Focus { x, y: 50 }),
            [Part::Down(y)] => Some(Focus { x: 50, y }),
            [Part::Center] => Some(Focus { x: 50, y: 50 }),
            // Of one number nobody knows which way it counts.
            [first, second] => match (first, second) {
                (Part::Down(y), Part::Across(x)) => Some(Focus { x, y }),
                (Part::Down(y), Part::Center) => Some(Focus { x: 50, y }),
                (Part::Center, Part::Across(x)) => Some(Focus { x, y: 50 }),
                _ => Some(Focus { x: first.across()?, y: second.down()? }),
            },
            _ => None,
        }
    }

    /// Left and top of the largest square in a picture of this size in pixels that has the place in its middle, or as near
    /// to it as the picture reaches; and the square's side.
    pub fn square(self, width: u32, height: u32) -> (u32, u32, u32) {
        let side = width.min(height);
        let start = |length: u32, at: u8| {
            let middle = u64::from(length) * u64::from(at) / 100;
            let start = middle.saturating_sub(u64::from(side / 2)).min(u64::from(length - side));
            u32::try_from(start).unwrap_or(0)
        };
        (start(width, self.x), start(height, self.y), side)
    }
}

#[derive(Clone, Copy)]
enum Part {
    Across(u8),
    Down(u8),
    Center,
    Percent(u8),
}

impl Part {
    fn across(self) -> Option<u8> {
        match self {
            Part::Across(at) | Part::Percent(at) => Some(at),
            Part::Center => Some(50),
            Part::Down(_) => None,
        }
    }

    fn down(self) -> Option<u8> {
        match self {
            Part::Down(at) | Part::Percent(at) => Some(at),
            Part::Center => Some(50),
            Part::Across(_) => None,
        }
    }
}

fn part(word: &str) -> Option<Part> {
    Some(match word {
        "left" => Part::Across(0),
        "right" => Part::Across(100),
        "top" => Part::Down(0),
        "bottom" => Part::Down(100),
        "center" => Part::Center,
        _ => {
            let number = word.strip_suffix('%').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            Part::Percent(number.parse().ok().filter(|at| *at <= 100)?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_in_style_sheets() {
        let read = |text: &str| Focus::parse(text).map(|focus| (focus.x, focus.y));
        for (text, place) in [
            ("50% 30%", (50, 30)),
            ("top", (50, 0)),
            ("left", (0, 50)),
            ("center", (50, 50)),
            ("bottom left", (0, 100)),
            ("right top", (100, 0)),
            ("top center", (50, 0)),
            ("center right", (100, 50)),
            ("left 30%", (0, 30)),
            ("30% bottom", (30, 100)),
            ("  0%   100% ", (0, 100)),
        ] {
            assert_eq!(read(text), Some(place), "{text}");
        }
        for text in
            ["", "30%", "50 30", "101% 0%", "-1% 0%", "+1% 2%", "top bottom", "top 30%", "30% left", "a b", "1% 2% 3%"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_place_is_in_the_middle_as_far_as_the_picture_reaches() {
        let square = |x: u8, y: u8, width: u32, height: u32| Focus { x, y }.square(width, height);
        assert_eq!(square(50, 50, 300, 100), (100, 0, 100));
        assert_eq!(square(0, 0, 300, 100), (0, 0, 100));
        assert_eq!(square(40, 0, 300, 100), (70, 0, 100));
        assert_eq!(square(100, 100, 100, 300), (0, 200, 100));
        assert_eq!(square(50, 33, 100, 200), (0, 16, 100));
        assert_eq!(square(50, 50, 1, 1), (0, 0, 1));
        assert_eq!(square(100, 100, u32::MAX, 7), (u32::MAX - 7, 0, 7));
    }
}

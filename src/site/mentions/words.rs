//! Words of English that tell what stands beside a name.
//!
//! All lists are in small letters and sorted, so that they are searched by halves.

/// Titles and posts that stand in front of a person's name, or behind a country's in the manner of agencies (`Russia
/// Foreign Minister`).
pub const TITLES: &[&str] = &[
    "adm", "admiral", "adviser", "advisor", "ambassador", "archbishop", "ayatollah", "bishop", "brig", "brigadier",
    "candidate", "capt", "captain", "cardinal", "chairman", "chairwoman", "chancellor", "chief", "coach", "col",
    "colonel", "commander", "commissioner", "congressman", "congresswoman", "crown", "dame", "defence", "defense",
    "deputy", "director", "dr", "emir", "emperor", "energy", "environment", "envoy", "ex-president", "father",
    "finance", "first", "foreign", "former", "gen", "general", "gov", "governor", "health", "imam", "interior",
    "judge", "justice", "king", "lady", "lawmaker", "lawyer", "leader", "lieutenant", "lord", "lt", "madam", "madame",
    "maj", "major", "marshal", "mayor", "minister", "mr", "mrs", "ms", "mufti", "opposition", "patriarch", "pm",
    "pope", "premier", "president", "prime", "prince", "princess", "prof", "professor", "queen", "rep",
    "representative", "rev", "reverend", "sec", "secretary", "sen", "senator", "sergeant", "sgt", "sheikh", "sir",
    "speaker", "special", "spokesman", "spokesperson", "spokeswoman", "st", "sultan", "supreme", "trade", "treasury",
    "vice", "wing",
];

/// Words that begin a sentence in front of a name without being part of it.
pub const FUNCTION_WORDS: &[&str] = &[
    "a", "about", "according", "across", "after", "again", "against", "all", "along", "already", "also", "although",
    "amid", "among", "an", "and", "another", "any", "are", "around", "as", "at", "back", "because", "before",
    "behind", "below", "besides", "between", "beyond", "both", "but", "by", "can", "could", "despite", "did", "do",
    "does", "during", "each", "earlier", "either", "elsewhere", "even", "ever", "every", "except", "few", "for",
    "from", "further", "furthermore", "had", "has", "have", "he", "hence", "her", "here", "his", "how", "however",
    "i", "if", "in", "indeed", "inside", "instead", "into", "is", "it", "its", "just", "last", "later", "less",
    "like", "many", "may", "meanwhile", "might", "more", "moreover", "most", "much", "must", "near", "nearby",
    "neither", "never", "next", "no", "nor", "not", "nothing", "now", "of", "off", "often", "on", "once", "one",
    "only", "onto", "or", "other", "our", "out", "outside", "over", "part", "past", "per", "perhaps", "recently",
    "right", "said", "says", "several", "shall", "she", "should", "since", "so", "some", "soon", "still", "such",
    "than", "that", "the", "their", "then", "there", "these", "they", "this", "those", "though", "three", "through",
    "throughout", "thus", "till", "to", "today", "together", "tomorrow", "tonight", "too", "toward", "towards", "two",
    "under", "unless", "unlike", "until", "up", "upon", "versus", "via", "was", "we", "were", "what", "when", "where",
    "whereas", "whether", "which", "while", "who", "whose", "why", "will", "with", "within", "without", "would",
    "yes", "yesterday", "yet", "you", "your",
];

/// Capitalised words beside a place that leave it the place that it is: `Western Ukraine`, `mainland China`; and the days
/// and months that agencies put behind it without a preposition.
pub const HARMLESS: &[&str] = &[
    "april", "august", "central", "communist", "december", "eastern", "february", "friday", "i", "january", "july",
    "june", "mainland", "march", "may", "metropolitan", "monday", "neighboring", "neighbouring", "northeastern",
    "northern", "northwestern", "november", "october", "post-soviet", "post-war", "present-day", "rural", "saturday",
    "september", "southeastern", "southern", "southwestern", "sunday", "thursday", "today", "tuesday", "wartime",
    "wednesday", "western",
];

/// Nouns that make an institution, a work or a thing of what stands in front of them.
pub const INSTITUTIONS: &[&str] = &[
    "academy", "act", "airline", "airlines", "airport", "airways", "association", "avenue", "award", "awards", "bank",
    "bay", "boulevard", "bridge", "building", "cathedral", "center", "centre", "championship", "championships",
    "church", "circuit", "city", "club", "college", "company", "corp", "corporation", "cup", "daily", "derby",
    "doctrine", "fc", "festival", "financial", "forum", "foundation", "grill", "group", "guardian", "herald",
    "highway", "holdings", "hospital", "hotel", "house", "inc", "institute", "institution", "investment", "island",
    "islands", "journal", "lake", "league", "library", "llc", "lp", "ltd", "mail", "medal", "memorial", "monument",
    "mosque", "mountain", "mountains", "museum", "news", "newspaper", "open", "opera", "orchestra", "park",
    "peninsula", "petroleum", "plaza", "post", "press", "prize", "province", "radio", "railways", "rally", "resort",
    "ridge", "river", "road", "school", "sea", "shield", "square", "stadium", "station", "stock", "strait", "straits",
    "street", "tech", "telecom", "telegraph", "temple", "theater", "theatre", "times", "today", "tower", "tribune",
    "trophy", "trust", "university", "valley", "weekly", "works",
];

/// Nouns that make an institution, a sea or the like of the `of …` behind them: `Bank of China`, `Gulf of Mexico`.
pub const OF_HEADS: &[&str] = &[
    "academy", "airport", "bank", "battle", "bay", "bishop", "bureau", "captaincy", "cathedral", "church", "city",
    "college", "confederation", "court", "diocese", "duchess", "duke", "earl", "gulf", "house", "institute", "island",
    "islands", "isle", "king", "library", "lord", "mountains", "museum", "order", "press", "prince", "princess",
    "province", "queen", "radio", "republic", "river", "royal", "school", "sea", "state", "strait", "straits",
    "theatre", "times", "tour", "university", "valley", "voice",
];

/// Words that begin the name of a company or the like in front of a country, at the head of a sentence too.
pub const COMPANY_HEADS: &[&str] = &[
    "air", "banca", "banco", "bank", "cafe", "club", "credit", "deutsche", "electricite", "esso", "hotel", "miss",
    "petro", "radio", "real", "royal", "shell", "team", "telecom", "united", "voice",
];

/// Names of countries and their people that are family names, too: a capital in front of them is a given name, at the
/// head of a sentence as well (`Michael Jordan`, `Dawn French`).
pub const FAMILY_NAMES_TOO: &[&str] = &[
    "britain", "chad", "cuba", "england", "english", "france", "french", "georgia", "german", "holland", "india",
    "ireland", "irish", "israel", "jersey", "jordan", "kuwait", "poland", "roman", "saint martin", "welsh",
];

/// Whether a word is in one of these lists.
pub fn is_in(list: &[&str], word: &str) -> bool {
    let word = word.to_lowercase();
    list.binary_search(&word.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [TITLES, FUNCTION_WORDS, HARMLESS, INSTITUTIONS, OF_HEADS, COMPANY_HEADS, FAMILY_NAMES_TOO] {
            let wrong: Vec<_> = list.windows(2).filter(|pair| pair[0] >= pair[1]).collect();
            assert!(wrong.is_empty(), "{wrong:?}");
        }
    }
}

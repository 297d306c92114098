//! What a language tag tells by itself: the direction of the script, and what speakers call their language.

/// The direction of a language's script, by its main subtag (Unicode CLDR, `characterOrder`).
pub fn direction(language: &str) -> &'static str {
    let main = language.split('-').next().unwrap_or(language);
    let arabic_script =
        language.split('-').nth(1).is_some_and(|script| matches!(script, "Arab" | "Hebr" | "Thaa" | "Nkoo" | "Syrc"));
    if arabic_script
        || matches!(main, "ar" | "fa" | "he" | "ur" | "ps" | "ckb" | "sd" | "ug" | "yi" | "dv" | "nqo" | "syr")
    {
        "rtl"
    } else {
        "ltr"
    }
}

/// The name of a language in itself; its tag when it is not among those that briefings are often written in.
pub fn language_name(language: &str) -> &str {
    match language.split('-').next().unwrap_or(language) {
        "ar" => "العربية",
        "be" => "Беларуская",
        "bg" => "Български",
        "cs" => "Čeština",
        "da" => "Dansk",
        "de" => "Deutsch",
        "el" => "Ελληνικά",
        "en" => "English",
        "es" => "Español",
        "et" => "Eesti",
        "fa" => "فارسی",
        "fi" => "Suomi",
        "fr" => "Français",
        "he" => "עברית",
        "hi" => "हिन्दी",
        "hu" => "Magyar",
        "hy" => "Հայերեն",
        "id" => "Bahasa Indonesia",
        "it" => "Italiano",
        "ja" => "日本語",
        "ka" => "ქართული",
        "ko" => "한국어",
        "lt" => "Lietuvių",
        "lv" => "Latviešu",
        "nl" => "Nederlands",
        "no" | "nb" => "Norsk",
        "pl" => "Polski",
        "pt" => "Português",
        "ro" => "Română",
        "ru" => "Русский",
        "sk" => "Slovenčina",
        "sr" => "Српски",
        "sv" => "Svenska",
        "tr" => "Türkçe",
        "uk" => "Українська",
        "ur" => "اردو",
        "vi" => "Tiếng Việt",
        "zh" => "中文",
        _ => language,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_have_a_direction() {
        assert_eq!(
            [direction("ar"), direction("fa-AF"), direction("az-Arab"), direction("en"), direction("uk")],
            ["rtl", "rtl", "rtl", "ltr", "ltr"]
        );
    }
}

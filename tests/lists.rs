//! Lists over several pages.

mod tiny;

/// Years lead to the page and the place where their briefings begin, also where a list is not by date.
#[test]
fn years_begin_where_they_are_said_to() {
    let briefing = |name: &str, day: &str, weight: usize| {
        format!(
            "//- content/briefings/{day}-{name}.md\n---\ntitle: {name}\nweight: {weight}\ncountries: [FR, JP]\n---\nText.\n"
        )
    };
    let briefings: String = [
        ("a", "2025-12-01", 5),
        ("b", "2025-11-01", 1),
        ("c", "2025-10-01", 3),
        ("d", "2024-05-01", 2),
        ("e", "2022-05-01", 4),
    ]
    .map(|(name, day, weight)| briefing(name, day, weight))
    .concat();
    let site = format!(
        "//- site.yaml\ntitle: T\nbase_url: https://example.org/desk/\npagination: {{articles: 2, entity: 2}}\n\
         connections: {{pairs: 2}}\n\
         //- templates/entity.html\n{{% for one in entity.years %}}{{{{ one.year }}}} {{{{ one.count }}}} {{{{ one.url }}}}; {{% endfor %}}\n\
         //- templates/pair.html\n{{% for one in pair.years %}}{{{{ one.year }}}} {{{{ one.count }}}} {{{{ one.url }}}}; {{% endfor %}}{{{{ pair.topics | length }}}}\n\
         //- templates/section.html\n{{% for group in pager.by_year %}}{{{{ group.year }}}} {{{{ group.anchor or '-' }}}} {{{{ group.items | length }}}}; {{% endfor %}}\n\
         //- content/briefings/_index.md\n---\ntitle: Briefings\norder: weight\n---\n{briefings}"
    );
    let built = tiny::build(&site);
    let years = |list: &str| {
        format!("2025 3 /desk/{list}/#y2025; 2024 1 /desk/{list}/page/2/#y2024; 2022 1 /desk/{list}/page/3/#y2022;")
    };
    for page in ["countries/france", "countries/france/page/3"] {
        assert_eq!(built.page(page).trim(), years("countries/france"), "{}", built.messages);
    }
    assert_eq!(built.page("countries/france+japan").trim(), years("countries/france%2Bjapan") + " 0");
    // By weight: b (2025), d (2024); c (2025), e (2022); a (2025).
    assert_eq!(built.page("briefings").trim(), "2025 y2025 1; 2024 y2024 1;");
    assert_eq!(built.page("briefings/page/2").trim(), "2025 - 1; 2022 y2022 1;");
    assert_eq!(built.page("briefings/page/3").trim(), "2025 - 1;");
}

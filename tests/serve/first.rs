//! What somebody looks at is made first, and shown before the rest is there.

use std::time::Instant;

use crate::server::{Channel, Server, put, wait};

const PAGES: usize = 300;

/// A site of many pages that each take long.
fn site(mark: &str) -> String {
    let mut site = format!(
        "//- site.yaml\ntitle: Desk\nminify: false\nmaps: {{show: false}}\nlinking: {{links: off, related: 0}}\n\
         //- templates/article.html\n{}",
        template(mark)
    );
    for number in 0..PAGES {
        site.push_str(&format!("//- content/briefings/b{number:03}.md\n# Page {number}\n\nText {number}.\n"));
    }
    site
}

fn template(mark: &str) -> String {
    format!(
        "<!doctype html><title>{{{{ page.title }}}}</title>{{{{ article.content | safe }}}}<p>{mark}</p>\
         {{% for i in range(end=6000) %}}{{% if i == 6000 %}}{{{{ i }}}}{{% endif %}}{{% endfor %}}\n"
    )
}

#[test]
fn the_first_page_is_served_before_the_last_is_made() {
    let server = Server::of(&site("zqone"), &[]);
    let started = Instant::now();
    // Nearly the last in the plan.
    let page = server.get("/briefings/b298/");
    let first = started.elapsed();
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Text 298.") && page.text().contains("zqone"), "{}", page.text());
    assert_eq!(server.builds(), 0, "the page came before the site: {}", server.said());
    // The rest of what is asked for comes while the site is made, too.
    assert_eq!(server.get("/nothing/").status, 404);
    assert_eq!(server.get("/briefings/b150").header("location"), "/briefings/b150/");
    assert_eq!(server.builds(), 0, "{}", server.said());
    server.wait_until_built();
    let whole = started.elapsed();
    assert!(whole > first * 2, "the first page after {first:?}, the whole site after {whole:?}");
    let generation =
        |page: &str| page.split("data-generation=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
    // The page that came early knows all that the whole site has: nothing is loaded twice.
    let mut tab = Channel::open(&server, "/briefings/b298/", generation(&page.text()).expect("a number"));
    let message = tab.next().expect("a message");
    assert!(message.get("files").is_none(), "{message}");
    assert!(page.text().contains(message["page"].as_str().expect("a tag")), "{message}");
}

#[test]
fn after_a_change_the_page_that_is_looked_at_comes_first() {
    let server = Server::of(&site("zqone"), &[]);
    server.wait_until_built();
    let mut tab = Channel::open(&server, "/briefings/b298/", 1);
    tab.next().expect("a first message");
    let started = Instant::now();
    put(&server.folder, "templates/article.html", &template("zqtwo"));
    let message = tab.next().expect("news of the page");
    let first = started.elapsed();
    assert!(message["page"].is_string() && message.get("problems").is_none(), "{message}");
    let page = server.get("/briefings/b298/").text();
    assert!(page.contains("zqtwo") && page.contains(message["page"].as_str().expect("a tag")), "{page}");
    // Nobody is sent away meanwhile, and nobody gets the old one.
    assert!(server.get("/briefings/b200/").text().contains("zqtwo"));
    assert_eq!(server.get("/").status, 200);
    assert_eq!(server.builds(), 1, "the page came before the site: {}", server.said());
    wait("the whole site", || (server.builds() == 2).then_some(()));
    let whole = started.elapsed();
    assert!(whole > first * 2, "the page after {first:?}, the whole site after {whole:?}");
    for number in [0, 150, 299] {
        assert!(server.get(&format!("/briefings/b{number:03}/")).text().contains("zqtwo"), "{number}");
    }
}

#[test]
fn a_page_that_cannot_be_made_stays_while_others_come() {
    let server = Server::of(&site("zqone"), &[]);
    server.wait_until_built();
    let mut tab = Channel::open(&server, "/briefings/b298/", 1);
    tab.next().expect("a first message");
    // Fails on one page alone.
    let broken = "{% if page.title == \"Page 298\" %}{{ page.title.no.such.thing }}{% endif %}";
    put(&server.folder, "templates/article.html", &format!("{}{broken}", template("zqtwo")));
    assert!(server.wait_for("/briefings/b299/", "zqtwo").status == 200);
    let page = server.get("/briefings/b298/");
    assert!(page.status == 200 && page.text().contains("zqone"), "{}", page.text());
    wait("the whole site", || (server.builds() == 2).then_some(()));
    let page = server.get("/briefings/b298/");
    assert!(page.status == 200 && page.text().contains("zqone"), "{}", page.text());
    let message = tab.next().expect("a message");
    assert!(message.get("page").is_none() && message["problems"]["errors"].as_u64() > Some(0), "{message}");
}

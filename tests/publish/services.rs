//! Publishing to Netlify and Cloudflare Pages, which are played here by their contracts.

use std::fs;

use crate::contract::{Netlify, Pages};
use crate::desk::{Desk, Run};

const TOKEN: &str = "zqtoken81c2fKEYzq";

/// A host that both are alike in.
struct Service<'a> {
    variables: &'a [(&'a str, &'a str)],
    read: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    read_of: &'a dyn Fn(&str, &str) -> Option<Vec<u8>>,
    ids: &'a dyn Fn() -> Vec<String>,
    sent: &'a dyn Fn() -> usize,
}

fn run(desk: &Desk, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let all: Vec<(&str, &str)> = variables.iter().copied().chain([("RUST_LOG", "trace")]).collect();
    let run = desk.publish_with(arguments, &all);
    for secret in [TOKEN, "zqjwt"] {
        assert!(!run.told.contains(secret) && !run.printed.contains(secret), "a secret was told: {}", run.told);
    }
    run
}

fn published(desk: &Desk, service: &Service) -> Run {
    let run = run(desk, &["--yes"], service.variables);
    assert_eq!(run.code, 0, "{}", run.told);
    run
}

fn day(desk: &Desk, service: &Service) {
    let dry = run(desk, &["--dry-run"], service.variables);
    assert_eq!((dry.code, (service.ids)().len(), (service.sent)()), (0, 0, 0), "{}", dry.told);
    let first = published(desk, service);
    assert!(first.told.contains("published as number 1: "), "{}", first.told);
    let secret = "briefings/secret-talks/index.html";
    assert!((service.read)("index.html").is_some() && (service.read)(secret).is_some());
    let again = published(desk, service);
    assert!(again.told.contains("nothing to do"), "{}", again.told);

    let before = (service.sent)();
    desk.edit("content/briefings/2025-06-02-open-talks.md", "They went on.", "They went on and on.");
    let edited = published(desk, service);
    assert!(edited.told.contains("1 file sent, 0 taken away"), "{}", edited.told);
    assert_eq!((service.sent)() - before, 2, "the page and the ledger");
    let page = (service.read)("briefings/open-talks/index.html").expect("the page");
    assert!(String::from_utf8_lossy(&page).contains("on and on"));

    // What is withdrawn is withdrawn from the addresses of earlier deployments too.
    let old = (service.ids)();
    assert_eq!(old.len(), 2);
    assert!(old.iter().all(|id| (service.read_of)(id, secret).is_some()));
    desk.edit(
        "content/briefings/2025-06-03-secret-talks.md",
        "title: Secret talks",
        "title: Secret talks\ndraft: true",
    );
    published(desk, service);
    for path in [secret, "people/zora-quill/index.html", "briefings/p.png"] {
        assert!((service.read)(path).is_none(), "{path} is still there");
    }
    assert_eq!((service.ids)().len(), 1, "nothing is left of the earlier ones");
    // Those that come after the withdrawal may stay.
    desk.edit("content/briefings/2025-06-02-open-talks.md", "on and on.", "on, and on.");
    published(desk, service);
    assert_eq!((service.ids)().len(), 2);
    assert_eq!(run(desk, &["--list"], service.variables).printed.lines().count(), 4);
}

fn netlify(port: u16) -> Desk {
    Desk::new(&format!(
        "  live: {{type: netlify, site: desk.netlify.app, endpoint: 'http://127.0.0.1:{port}/api/v1'}}\n"
    ))
}

const NETLIFY: [(&str, &str); 1] = [("NETLIFY_AUTH_TOKEN", TOKEN)];

#[test]
fn netlify_gets_what_it_lacks() {
    let host = Netlify::start(TOKEN);
    let desk = netlify(host.lock().unwrap().port);
    let service = Service {
        variables: &NETLIFY,
        read: &|path| host.lock().unwrap().read(path),
        read_of: &|id, path| host.lock().unwrap().read_of(id, path),
        ids: &|| host.lock().unwrap().ids(),
        sent: &|| host.lock().unwrap().sent.len(),
    };
    day(&desk, &service);
    let headers = String::from_utf8((service.read)("_headers").expect("headers")).unwrap();
    assert!(headers.starts_with("/*\n  content-security-policy: "), "{headers}");

    // Publishing is stopped in its own pages: what is sent does not go live, and that is told.
    host.lock().unwrap().locked = true;
    desk.edit("content/briefings/2025-06-02-open-talks.md", "on, and on.", "on.");
    let locked = run(&desk, &["--yes"], &NETLIFY);
    assert_eq!(locked.code, 4, "{}", locked.told);
    assert!(locked.told.contains("the deploy is ready, but another one is live"), "{}", locked.told);
    host.lock().unwrap().locked = false;
    published(&desk, &service);

    // Told of files where it should give them, it is asked as readers do.
    host.lock().unwrap().tells_of_files = true;
    let again = published(&desk, &service);
    assert!(again.told.contains("nothing to do"), "{}", again.told);
}

#[test]
fn many_files_are_looked_at_while_we_wait() {
    let host = Netlify::start(TOKEN);
    let desk = netlify(host.lock().unwrap().port);
    fs::create_dir_all(desk.path("static/many")).unwrap();
    for at in 0..420 {
        fs::write(desk.path(&format!("static/many/{at}.txt")), format!("{at}")).unwrap();
    }
    let first = run(&desk, &["--yes"], &NETLIFY);
    assert_eq!(first.code, 0, "{}", first.told);
    assert_eq!(host.lock().unwrap().read("many/419.txt").as_deref(), Some(b"419".as_slice()));
}

fn pages(port: u16) -> Desk {
    Desk::new(&format!(
        "  live: {{type: cloudflare-pages, project: desk, endpoint: 'http://127.0.0.1:{port}/client/v4'}}\n"
    ))
}

const CLOUDFLARE: [(&str, &str); 2] = [("CLOUDFLARE_API_TOKEN", TOKEN), ("CLOUDFLARE_ACCOUNT_ID", "acc")];

#[test]
fn cloudflare_gets_what_it_lacks() {
    let host = Pages::start(TOKEN);
    let desk = pages(host.lock().unwrap().port);
    let service = Service {
        variables: &CLOUDFLARE,
        read: &|path| host.lock().unwrap().read(path),
        read_of: &|id, path| host.lock().unwrap().read_of(id, path),
        ids: &|| host.lock().unwrap().ids(),
        sent: &|| host.lock().unwrap().sent,
    };
    day(&desk, &service);
    let headers = host.lock().unwrap().deployments.last().unwrap().headers.clone();
    assert!(headers.starts_with("/*\n  content-security-policy: "), "{headers}");
    assert!((service.read)("_headers").is_none(), "it is read, not shown");

    // A token for uploads that goes out of date after each use.
    host.lock().unwrap().uses = 1;
    desk.edit("content/briefings/2025-06-02-open-talks.md", "on, and on.", "on.");
    published(&desk, &service);

    // A page that is changed on its way is told of; what makes it so is not ours to turn off.
    host.lock().unwrap().login = true;
    let login = run(&desk, &["--yes"], &CLOUDFLARE);
    assert_eq!(login.code, 2, "{}", login.told);
    assert!(login.told.contains("a login in front of it"), "{}", login.told);
}

#[test]
fn services_that_refuse_are_told_of_by_name() {
    let (netlify_host, pages_host) = (Netlify::start(TOKEN), Pages::start(TOKEN));
    let desks = [
        (netlify(netlify_host.lock().unwrap().port), "NETLIFY_AUTH_TOKEN", "site: desk.netlify.app", "site: other"),
        (pages(pages_host.lock().unwrap().port), "CLOUDFLARE_API_TOKEN", "project: desk", "project: other"),
    ];
    for (desk, variable, name, other) in &desks {
        let account = ("CLOUDFLARE_ACCOUNT_ID", "acc");
        let nameless = run(desk, &["--yes"], &[account, (variable, "")]);
        assert_eq!(nameless.code, 2, "{}", nameless.told);
        assert!(nameless.told.contains(&format!("the host knows you by {variable}")), "{}", nameless.told);
        let wrong = run(desk, &["--yes"], &[account, (variable, "zqother")]);
        assert_eq!(wrong.code, 2, "{}", wrong.told);
        assert!(wrong.told.contains("the host does not let us") && wrong.told.contains(variable), "{}", wrong.told);
        assert!(!wrong.told.contains("zqother"), "{}", wrong.told);
        desk.edit("site.yaml", name, other);
        let nowhere = run(desk, &["--yes"], &[account, (variable, TOKEN)]);
        assert_eq!(nowhere.code, 2, "{}", nowhere.told);
        assert!(nowhere.told.contains("there is no such "), "{}", nowhere.told);
        desk.edit("site.yaml", other, name);
    }
    let (desk, ..) = &desks[1];
    // More than it takes: told before anything is sent.
    fs::create_dir_all(desk.path("static")).unwrap();
    fs::write(desk.path("static/_worker.js"), "export default {}").unwrap();
    let code = run(desk, &["--yes"], &CLOUDFLARE);
    assert_eq!(code.code, 3, "{}", code.told);
    assert!(
        code.told.contains("Cloudflare Pages would run these files") && code.told.contains("_worker.js"),
        "{}",
        code.told
    );
    fs::remove_file(desk.path("static/_worker.js")).unwrap();
    pages_host.lock().unwrap().most_files = 5;
    let many = run(desk, &["--yes"], &CLOUDFLARE);
    assert_eq!((many.code, pages_host.lock().unwrap().sent), (3, 0), "{}", many.told);
    assert!(many.told.contains("and Cloudflare Pages takes 5 at most"), "{}", many.told);
    pages_host.lock().unwrap().most_files = 20_000;

    // What somebody else published is not overwritten.
    netlify_host.lock().unwrap().theirs();
    pages_host.lock().unwrap().theirs();
    for ((desk, variable, ..), named) in desks.iter().zip(["theirs.html", "/view/99999999"]) {
        let variables = [("CLOUDFLARE_ACCOUNT_ID", "acc"), (*variable, TOKEN)];
        let theirs = run(desk, &["--yes"], &variables);
        assert_eq!(theirs.code, 3, "{}", theirs.told);
        assert!(theirs.told.contains("holds files that Crossbrief did not put there"), "{}", theirs.told);
        assert!(theirs.told.contains(named), "{}", theirs.told);
        assert_eq!(run(desk, &["--yes", "--adopt"], &variables).code, 0);
    }
    assert_eq!((netlify_host.lock().unwrap().ids().len(), pages_host.lock().unwrap().ids().len()), (2, 2));
    // A token is sent to no address that others can read along.
    desk.edit("site.yaml", "http://127.0.0.1", "http://example.org");
    let open = run(desk, &["--yes"], &CLOUDFLARE);
    assert_eq!(open.code, 1, "{}", open.told);
    assert!(open.told.contains("is no address that a token may be sent to"), "{}", open.told);
}

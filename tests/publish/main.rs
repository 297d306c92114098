//! `crossbrief publish` as a desk runs it: the real binary, to folders and branches here, and (with `cargo xtask test`,
//! which installs them) to real servers of S3, WebDAV and SFTP.

mod contract;
mod desk;
mod faults;
mod gcs;
mod keyring;
mod peers;
mod proxy;
mod rollback;
mod services;

use std::fs;

use desk::{Desk, git};

#[test]
fn a_folder_is_published_changed_and_withdrawn_from() {
    let desk = Desk::new("  live: {type: folder, path: ../live}\n");
    let first = desk.publish(&["--dry-run"]);
    assert_eq!((first.code, desk.beside("live").exists()), (0, false), "a dry run does nothing: {}", first.told);
    let first = desk.publish(&["--yes"]);
    assert_eq!(first.code, 0, "{}", first.told);
    assert!(first.told.contains("published as number 1: "), "{}", first.told);
    let page = desk.beside("live/briefings/secret-talks/index.html");
    assert!(page.exists());
    let again = desk.publish(&["--yes"]);
    assert!(again.told.contains("nothing to do: the folder ../live is up to date (publication 1)"), "{}", again.told);

    fs::write(desk.beside("live/theirs.txt"), "not ours").unwrap();
    desk.edit("content/briefings/2025-06-02-open-talks.md", "They went on.", "They went on and on.");
    let plan = desk.plan();
    assert_eq!(plan["changed"], serde_json::json!(["briefings/open-talks/index.html"]));
    assert_eq!(desk.publish(&["--yes"]).code, 0);

    // Held back now: its page goes, and with it the page of her whom it alone names, and its picture.
    desk.edit(
        "content/briefings/2025-06-03-secret-talks.md",
        "title: Secret talks",
        "title: Secret talks\ndraft: true",
    );
    let plan = desk.plan();
    let mut withdrawn = plan["withdrawn"].as_array().expect("a list").clone();
    let is_version = |path: &serde_json::Value| path.as_str().is_some_and(|path| path.starts_with("pictures/"));
    assert_eq!(withdrawn.iter().filter(|path| is_version(path)).count(), 1, "the picture as WebP");
    withdrawn.retain(|path| !is_version(path));
    assert_eq!(
        serde_json::Value::Array(withdrawn),
        serde_json::json!([
            "briefings/p.png",
            "briefings/secret-talks/index.html",
            "people/zora-quill/feed.json",
            "people/zora-quill/feed.xml",
            "people/zora-quill/index.html",
        ])
    );
    let gone = desk.publish(&["--yes"]);
    assert_eq!(gone.code, 0, "{}", gone.told);
    assert!(!page.exists() && !desk.beside("live/people/zora-quill/index.html").exists());
    assert_eq!(fs::read_to_string(desk.beside("live/theirs.txt")).unwrap(), "not ours");
    let all = desk.all_bytes("live");
    for secret in ["Secret talks", "Zora Quill", "zora-quill"] {
        assert!(!all.contains(secret), "{secret}");
    }
    let list = desk.publish(&["--list"]);
    assert_eq!(list.printed.lines().count(), 3, "{}", list.printed);
}

#[test]
fn likely_mistakes_are_refused_with_a_code_of_their_own() {
    let desk = Desk::new("  live: {type: folder, path: ../live, most_removed: 1}\n");
    assert_eq!(desk.publish(&["--yes"]).code, 0);
    let before = desk.all_bytes("live");
    desk.edit(
        "content/briefings/2025-06-03-secret-talks.md",
        "title: Secret talks",
        "title: Secret talks\ndraft: true",
    );
    let refused = desk.publish(&["--yes"]);
    assert_eq!(refused.code, 3, "{}", refused.told);
    assert!(refused.told.contains("refused: 2 of "), "{}", refused.told);
    assert!(
        refused.told.contains("\n  briefings/secret-talks/index.html\n"),
        "all that would go is named: {}",
        refused.told
    );
    assert_eq!(desk.all_bytes("live"), before, "nothing was touched");
    assert_eq!(desk.publish(&["--yes", "--accept-loss"]).code, 0);

    for path in ["content/briefings/2025-06-02-open-talks.md", "content/briefings/2025-06-03-secret-talks.md"] {
        fs::remove_file(desk.path(path)).unwrap();
    }
    let refused = desk.publish(&["--yes", "--accept-loss"]);
    assert_eq!(refused.code, 3, "{}", refused.told);
    assert!(refused.told.contains("this site has no briefing that its readers may see"), "{}", refused.told);
}

#[test]
fn without_a_yes_nothing_is_published_and_errors_stop_everything() {
    let desk = Desk::new("  live: {type: folder, path: ../live}\n");
    let asked = desk.publish(&[]);
    assert_eq!(asked.code, 2, "{}", asked.told);
    assert!(asked.told.contains("nobody is there to be asked"), "{}", asked.told);
    desk.edit("content/briefings/2025-06-02-open-talks.md", "title: Open talks", "titel: Open talks");
    let wrong = desk.publish(&["--yes"]);
    assert_eq!((wrong.code, desk.beside("live").exists()), (1, false), "{}", wrong.told);
    assert!(wrong.told.contains("the site has errors; nothing was published"), "{}", wrong.told);
}

#[test]
fn targets_are_read_strictly() {
    let desk = Desk::new(
        "  a: {path: x}\n  b: {type: s3}\n  c: {type: git, bucket: x}\n  d: {type: webdav, endpoint: 'https://me:pw@example.org/'}\n  e: {type: sftp, host: '-oProxyCommand=x', path: /x}\n  f: {type: folder, path: x, audience: BLUE, base_url: nowhere}\n  g: {type: s4}\n",
    );
    let wrong = desk.publish(&["a", "--yes"]);
    assert_eq!(wrong.code, 1);
    for told in [
        "the target `a` does not say what it is",
        "the target `b` lacks `bucket`",
        "`bucket: x` means nothing here",
        "`endpoint` of the target `d` holds a password",
        "`host` of the target `e` begins with `-`",
        "`BLUE` is no TLP label",
        "`nowhere` is not the address of a site",
        "s4",
    ] {
        assert!(wrong.told.contains(told), "{told}: {}", wrong.told);
    }
    let desk = Desk::new("  live: {type: folder, path: ../live}\n  lists: {type: folder, path: ../lists}\n");
    assert!(desk.publish(&["--yes"]).told.contains("which target?"));
    let near = desk.publish(&["list", "--yes"]);
    assert!(near.told.contains("there is no target `list`") && near.told.contains("lists"), "{}", near.told);
    assert!(Desk::new("").publish(&[]).told.contains("no target to publish to"));
}

#[test]
fn a_target_has_its_own_readers_and_its_own_address() {
    let desk = Desk::new(
        "  public: {type: folder, path: ../live}\n  partners: {type: folder, path: ../partners, audience: AMBER, base_url: 'https://desk.example.net/p/'}\n",
    );
    desk.edit("content/briefings/2025-06-03-secret-talks.md", "title: Secret talks", "title: Secret talks\ntlp: AMBER");
    assert_eq!(desk.publish(&["public", "--yes"]).code, 0);
    let partners = desk.publish(&["partners", "--yes"]);
    assert_eq!(partners.code, 0);
    assert!(partners.told.contains("not for the public"), "{}", partners.told);
    assert!(!desk.all_bytes("live").contains("Zora Quill"));
    let higher = desk.publish(&["partners", "--yes", "--audience", "red"]);
    assert_eq!(higher.code, 3, "{}", higher.told);
    assert!(higher.told.contains("`partners` is for TLP:AMBER and below"), "{}", higher.told);
    let page = fs::read_to_string(desk.beside("partners/briefings/secret-talks/index.html")).unwrap();
    assert!(page.contains("TLP:AMBER") && page.contains("https://desk.example.net/p/"), "{page}");
    assert_eq!(desk.publish(&["partners", "--yes", "--audience", "clear"]).code, 0);
    assert!(!desk.all_bytes("partners").contains("Zora Quill"));
}

#[test]
fn hosts_that_read_headers_get_them() {
    let desk =
        Desk::new("  live: {type: folder, path: ../live, headers: true}\n  s3: {type: s3, bucket: x, headers: true}\n");
    assert!(desk.publish(&["live"]).told.contains("`headers: true` means nothing here"));
    let desk = Desk::new("  live: {type: folder, path: ../live, headers: true}\n");
    assert_eq!(desk.publish(&["--yes"]).code, 0);
    let text = fs::read_to_string(desk.beside("live/_headers")).unwrap();
    assert!(text.starts_with("/*\n  content-security-policy: default-src 'none'"), "{text}");
    assert!(text.contains("\n/assets/*\n  cache-control: public"), "{text}");
    fs::create_dir(desk.path("static")).unwrap();
    fs::write(desk.path("static/_headers"), "/*\n  x-own: 1\n").unwrap();
    assert_eq!(desk.publish(&["--yes"]).code, 0);
    assert_eq!(fs::read_to_string(desk.beside("live/_headers")).unwrap(), "/*\n  x-own: 1\n");
}

#[test]
fn files_are_packed_beforehand_where_the_server_sends_them_so() {
    use std::io::Read;
    let desk = Desk::new("  live: {type: s3, bucket: x, precompress: [gz]}\n");
    assert!(desk.publish(&["--yes"]).told.contains("`precompress` means nothing here"));
    let desk = Desk::new("  live: {type: folder, path: ../live, precompress: [gz, br, zst]}\n");
    assert_eq!(desk.publish(&["--yes"]).code, 0);
    let read = |path: &str| fs::read(desk.beside("live").join(path));
    for path in ["index.html", "briefings/secret-talks/index.html", "sitemap.xml"] {
        let plain = read(path).unwrap();
        let (mut gz, mut br) = (Vec::new(), Vec::new());
        flate2::read::GzDecoder::new(&read(&format!("{path}.gz")).unwrap()[..]).read_to_end(&mut gz).unwrap();
        brotli::BrotliDecompress(&mut &read(&format!("{path}.br")).unwrap()[..], &mut br).unwrap();
        let zst = zstd::stream::decode_all(&read(&format!("{path}.zst")).unwrap()[..]).unwrap();
        assert!(gz == plain && br == plain && zst == plain, "{path}");
    }
    assert!(read("briefings/p.png.gz").is_err(), "a picture is packed already");
    let all = desk.all_bytes("live");
    let again = desk.publish(&["--yes"]);
    assert!(again.told.contains("nothing to do"), "{}", again.told);
    // Without what was kept, the same bytes.
    fs::remove_dir_all(desk.path(".crossbrief/packed")).unwrap();
    assert!(desk.publish(&["--yes"]).told.contains("nothing to do"));
    assert_eq!(desk.all_bytes("live"), all);
    desk.edit("content/briefings/2025-06-02-open-talks.md", "They went on.", "They went on and on.");
    assert_eq!(
        desk.plan()["changed"],
        serde_json::json!(["", ".br", ".gz", ".zst"].map(|end| format!("briefings/open-talks/index.html{end}")))
    );
    desk.edit(
        "content/briefings/2025-06-03-secret-talks.md",
        "title: Secret talks",
        "title: Secret talks\ndraft: true",
    );
    let withdrawn = desk.plan()["withdrawn"].to_string();
    assert!(withdrawn.contains("briefings/secret-talks/index.html.br"), "{withdrawn}");
    assert_eq!(desk.publish(&["--yes"]).code, 0);
    assert!(read("briefings/secret-talks/index.html.gz").is_err() && read("people/zora-quill/index.html.zst").is_err());
}

#[test]
fn a_branch_holds_the_site_and_nothing_else() {
    let desk = Desk::new("  pages: {type: git, repository: ../pages.git, domain: desk.example.org}\n");
    git(&desk.root(), &["init", "--quiet", "--bare", "../pages.git"]);
    let bare = desk.beside("pages.git");
    let first = desk.publish(&["--yes"]);
    assert_eq!(first.code, 0, "{}", first.told);
    let names = git(&bare, &["ls-tree", "-r", "--name-only", "gh-pages"]);
    let plan = desk.plan();
    let wanted = plan["unchanged"].as_u64().unwrap() + 4;
    assert_eq!(names.lines().count() as u64, wanted, "the site, the ledger, CNAME, .domains and .nojekyll: {names}");
    for name in ["CNAME", ".domains"] {
        assert_eq!(git(&bare, &["show", &format!("gh-pages:{name}")]), "desk.example.org\n");
    }
    desk.edit("content/briefings/2025-06-02-open-talks.md", "They went on.", "They went on and on.");
    assert_eq!(desk.publish(&["--yes"]).code, 0);
    let changed = git(&bare, &["diff", "--name-only", "gh-pages~1", "gh-pages"]);
    assert_eq!(changed, ".crossbrief/published.json\nbriefings/open-talks/index.html\n");

    // A server that refuses the push: nothing is published, and its words are told.
    let hook = bare.join("hooks/pre-receive");
    fs::write(&hook, "#!/bin/sh\necho 'this branch is protected' >&2\nexit 1\n").unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    desk.edit("content/briefings/2025-06-02-open-talks.md", "on and on.", "on.");
    let refused = desk.publish(&["--yes"]);
    assert_eq!(refused.code, 2, "{}", refused.told);
    assert!(
        refused.told.contains("nothing was published: git push") && refused.told.contains("protected"),
        "{}",
        refused.told
    );
    fs::remove_file(&hook).unwrap();

    // A branch of somebody else's.
    git(&bare, &["branch", "theirs", "gh-pages"]);
    let other = Desk::new("  pages: {type: git, repository: ../pages.git, branch: main}\n");
    git(&other.root(), &["init", "--quiet", "--bare", "../pages.git"]);
    git(&other.root(), &["init", "--quiet", "--initial-branch=main", "."]);
    git(&other.root(), &["add", "site.yaml"]);
    git(&other.root(), &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "theirs"]);
    git(&other.root(), &["push", "--quiet", "../pages.git", "main"]);
    let refused = other.publish(&["--yes"]);
    assert_eq!(refused.code, 3, "{}", refused.told);
    assert!(
        refused.told.contains("holds files that Crossbrief did not put there") && refused.told.contains("site.yaml")
    );
    assert_eq!(other.publish(&["--yes", "--adopt"]).code, 0);
}

#[test]
fn a_service_gets_its_workflow() {
    for (service, workflow, branch) in
        [("github", ".github/workflows/publish.yaml", "gh-pages"), ("gitlab", ".gitlab-ci.yml", "pages")]
    {
        let folder = tempfile::tempdir().unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"))
            .args(["init", "site", "--deploy", service])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success());
        let site = folder.path().join("site");
        let text = fs::read_to_string(site.join(workflow)).unwrap();
        let _: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        assert!(text.contains("crossbrief publish live --yes") && !text.contains("VERSION"), "{text}");
        // What the workflow runs works.
        git(folder.path(), &["init", "--quiet", "--bare", "pages.git"]);
        git(&site, &["init", "--quiet", "."]);
        git(&site, &["remote", "add", "origin", &folder.path().join("pages.git").display().to_string()]);
        let published = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"))
            .args(["publish", "live", "--yes"])
            .current_dir(&site)
            .output()
            .unwrap();
        assert!(published.status.success(), "{}", String::from_utf8_lossy(&published.stderr));
        assert!(git(&folder.path().join("pages.git"), &["ls-tree", "--name-only", branch]).contains("index.html"));
    }
}

#[test]
fn services_that_show_sites_get_their_workflow() {
    for (service, target, secrets) in [
        ("netlify", "  live: {type: netlify, site: my-desk.netlify.app}\n", &["NETLIFY_AUTH_TOKEN"][..]),
        (
            "cloudflare",
            "  live: {type: cloudflare-pages, project: my-desk}\n",
            &["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID"],
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let call = |arguments: &[&str]| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crossbrief"));
            command.args(arguments).current_dir(folder.path()).env_remove("NETLIFY_AUTH_TOKEN");
            let output = command.env_remove("CLOUDFLARE_API_TOKEN").output().unwrap();
            (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        assert_eq!(call(&["init", "My Desk", "--deploy", service]).0, Some(0));
        let site = folder.path().join("My Desk");
        let text = fs::read_to_string(site.join(".github/workflows/publish.yaml")).unwrap();
        let workflow: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        let last = &workflow["jobs"]["publish"]["steps"][3];
        assert_eq!(last["run"], "crossbrief publish live --yes");
        for secret in secrets {
            assert_eq!(last["env"][*secret], format!("${{{{ secrets.{secret} }}}}"));
        }
        assert_eq!(workflow["permissions"]["contents"], "read");
        assert!(fs::read_to_string(site.join("site.yaml")).unwrap().contains(target));
        let (code, told) = call(&["publish", "live", "--yes", "--source", "My Desk"]);
        assert!(code == Some(2) && told.contains(secrets[0]), "{told}");
    }
}

#[test]
fn an_older_version_does_not_take_the_place_of_a_newer_one() {
    let desk = Desk::new("  live: {type: folder, path: ../live}\n");
    let commit = |message: &str| {
        git(&desk.root(), &["add", "--all"]);
        git(&desk.root(), &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", message]);
    };
    git(&desk.root(), &["init", "--quiet", "."]);
    commit("one");
    desk.edit("content/briefings/2025-06-02-open-talks.md", "They went on.", "They went on and on.");
    commit("two");
    assert_eq!(desk.publish(&["--yes"]).code, 0);
    git(&desk.root(), &["checkout", "--quiet", "HEAD~1"]);
    let refused = desk.publish(&["--yes"]);
    assert_eq!(refused.code, 3, "{}", refused.told);
    assert!(refused.told.contains("a newer version of the site is published there"), "{}", refused.told);
    assert_eq!(desk.publish(&["--yes", "--older"]).code, 0);
}

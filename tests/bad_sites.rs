//! Whole sites with something wrong in them, each with what is told of it.
//!
//! The messages are kept in `tests/data/bad-sites.txt`. After a change that was meant, write them anew with
//! `UPDATE_SNAPSHOTS=1 cargo test --test bad_sites`, and read the difference as an editor would. What is wrong within
//! one front matter or with the bytes of one file is in `tests/bad_inputs.rs`.

mod tiny;

use tiny::{as_kept, build};

/// What is wrong, and a site that has it.
const SITES: &[(&str, &str)] = &[
    // Circles.
    (
        "stories, topics, translations and redirects in circles",
        "\
//- content/topics/a.md
---
name: A
parent: B
---
//- content/topics/b.md
---
name: B
parent: A
---
//- content/topics/c.md
---
name: C
parent: C
---
//- content/briefings/a.md
---
title: A
follows: [b]
redirect_from: [/briefings/a/]
---
//- content/briefings/b.md
---
title: B
follows: [a]
lang: uk
translation_of: c
---
//- content/briefings/c.md
---
title: C
lang: en
translation_of: b
---
//- content/briefings/d.md
---
title: D
translation_of: d
---
",
    ),
    (
        "templates that include and extend each other",
        "\
//- templates/home.html
{% include \"b.html\" %}
//- templates/b.html
{% include \"home.html\" %}
//- templates/article.html
{% extends \"section.html\" %}
//- templates/section.html
{% extends \"article.html\" %}
//- content/briefings/a.md
# A
",
    ),
    (
        "themes that are each other's parents",
        "\
//- site.yaml
theme: one
//- themes/one/theme.yaml
parent: two
//- themes/two/theme.yaml
parent: one
//- themes/one/templates/home.html
{% extends \"@two/home.html\" %}
//- content/briefings/a.md
# A
",
    ),
    (
        "a shortcode within itself",
        "\
//- templates/shortcodes/again.html
{% component again(n: number) %}{{ <again n={n} /> }}{% endcomponent again %}
//- content/briefings/a.md
# A

::again{n=1}
",
    ),
    // Keys.
    (
        "keys that nearly are",
        "\
//- site.yaml
tme_zone: UTC
kinds: {organization: {singular: Organisation, plural: Organisations, path: orgs}}
menus: {main: [{label: X, url: nowhere.md}, {label: Y, url: /gone/}, {label: Z, url: /feed.xml}, {label: A, url: a.md}]}
lints: {orphan: off, look-alike: loud}
//- content/a.md
A page
//- content/briefings/a.md
---
title: A
Draft: true
embargo: 2030-01-01
tpl: RED
organizations: [NATO]
status: withheld
aliases: [/old/]
---
",
    ),
    ("a title under another name", "//- content/briefings/a.md\n---\ntitel: A\n---\n"),
    // What front matter may look like, and what it may not.
    ("a tab before the first key", "//- content/briefings/a.md\n---\n\ttitle: A\n---\n"),
    (
        "front matter after the text, TOML, nothing",
        "\
//- content/briefings/a.md
Text

---
title: A
---
//- content/briefings/b.md
+++
title = \"B\"
+++
//- content/briefings/c.md
",
    ),
    // Characters.
    (
        "characters that cannot be seen",
        "//- content/briefings/a.md\n---\ntitle: \"A\\u202eB\\u200bC\\u0007\"\nslug: \"a\\u202eb\"\n---\n",
    ),
    // Types.
    (
        "countries that are none, lists of nothing",
        "//- content/briefings/a.md\n---\ntitle: A\ncountries: [NO, Atlantis, Ukrane, Georgia, ~]\n---\n//- content/briefings/b.md\n---\ntitle: B\ncountries: [Atlantis, Ukrane]\npeople: {a: b}\n---\n",
    ),
    (
        "days and times that do not exist",
        "\
//- content/briefings/a.md
---
title: A
date: 2026-02-30
updated: 2025-13-01
data_cutoff: 10.12.2025
embargoed_until: 2026-01-01 24:00
expires: 2016-12-31T23:59:60Z
corrections: [{date: 10000-01-01, text: X}]
updates: [{date: 1765372945, text: X}]
---
//- content/briefings/b.md
---
title: B
date: 2025-12-10 14:30 CET
updated: 2025-12-10T14:30+2
embargoed_until: tomorrow
---
",
    ),
    // Addresses.
    (
        "pages on one address",
        "\
//- content/briefings/a b.md
# One
//- content/briefings/a-b.md
# Two
//- content/briefings/2025-01-01-A-B.md
# Three
//- content/briefings/s1.md
---
title: S
slug: Straße
---
//- content/briefings/s2.md
---
title: S
slug: STRASSE
---
//- content/archive.md
A page where the archive stands
//- content/briefings/r.md
---
title: R
redirect_from: [/briefings/a-b/, /briefings/feed.xml, /people, relative, 'https://x.org/y', '/q?x=1', /../up/]
---
",
    ),
    (
        "names that some systems cannot store",
        "\
//- content/briefings/CON.md
# Device
//- content/briefings/a.md
---
title: A
slug: NUL
---
//- content/briefings/b.md
---
title: B
slug: 'b.'
---
//- content/briefings/c.md
---
title: C
slug: 'c:d'
---
//- content/briefings/d.md
---
title: D
slug: '..'
---
//- content/briefings/e.md
---
title: E
slug: ''
---
//- content/about.md
---
slug: a/b
---
//- content/topics/t.md
---
name: T
slug: 't?'
---
//- content/briefings/f.md
---
title: F
slug: 'what now'
---
",
    ),
    (
        "kinds on addresses that are kept",
        "//- site.yaml\nkinds: {ship: {singular: Ship, plural: Archive}, plane: {singular: Plane, plural: People}}\n//- content/briefings/a.md\n# A\n",
    ),
    // Names.
    (
        "names that mean two, twins, look-alikes",
        "\
//- content/people.yaml
- {name: Ann Lee, aliases: [Lee]}
- {name: Bob Lee, aliases: [Lee]}
- {name: Ann LEE}
- {name: Volodymyr Zelenskyy}
//- content/briefings/a.md
---
title: A
people: [Lee, Volodymyr Zelensky]
---
",
    ),
    // Templates and data.
    (
        "templates with mistakes",
        "\
//- templates/home.html
line one
  {{ nope }}
//- templates/article.html
{{ article.titel }}
//- templates/section.html
{{ 1 | nofilter }} {{ nofunction() }}
//- templates/kind.html
{% include \"missing.html\" %}{% if %}
//- templates/archive.html
{% extends \"bse.html\" %}
//- templates/404.html
{{ asset(path=\"styl.css\") }}
//- templates/shortcodes/hello.html
{% component hello(name: string) %}{{ name }}{% endcomponent hello %}
//- templates/components/hello.html
{% component hello() %}x{% endcomponent hello %}
//- content/briefings/2025-01-01-a.md
---
title: A
topics: [T]
---
::quote{}
",
    ),
    (
        "a loop without end",
        "//- templates/home.html\n{% for x in range(end=1000000000) %}{{ x }}{% endfor %}\n//- content/briefings/a.md\n# A\n",
    ),
    (
        "themes that do not fit",
        "\
//- site.yaml
theme: child
//- themes/child/theme.yaml
crossbrief: '>=9'
parent: midle
//- themes/child/templates/home.html
{% extends \"@midle/home.html\" %}
//- themes/middle/theme.yaml
crossbrief: banana
//- content/briefings/a.md
# A

::quote{}
",
    ),
    (
        "style sheets and scripts with mistakes",
        "\
//- site.yaml
assets:
  browsers: [safary 15, last 2 versions]
//- assets/style.scss
@use \"colour\";
a { color: colours.$red }
//- assets/_colours.scss
$red: red;
//- assets/loop.scss
a { b: c }
@while true { $x: 1 }
//- assets/plain.css
@import \"_colors.css\";
//- assets/left-out.css
a {
  color: red;
  b c d
}
//- assets/app.js
import { one } from \"./oen.js\";
one();
//- assets/one.js
export function one( { return 1 }
//- assets/old.sass
a
  b: c
//- content/briefings/a.md
# A
",
    ),
    (
        "a theme with one template",
        "//- site.yaml\ntheme: own\n//- themes/own/templates/home.html\nHome\n//- content/briefings/a.md\n# A\n",
    ),
    (
        "data that cannot be read",
        "//- data/a.csv\nx,y\n1,2\n3,4,5\n//- data/b.toml\nx = 1\ny = \n//- data/c.json\n{\"a\":\n//- data/d.yaml\nk: [1\n//- content/briefings/a.md\n# A\n",
    ),
    ("settings and no texts", "//- site.yaml\ntitle: Desk\n//- one.md\n# One\n"),
    // Links.
    (
        "links that lead nowhere",
        "\
//- content/briefings/a.md
# A

[x](gone.md) [y](b.md#nothing) [z](#nothing) [[Nobody]] [[person:Nobody]] [[b#nothing]] [@s9] ![p](gone.png) [w](/gone/) [v](javascript:alert(1))
//- content/briefings/b.md
# B
",
    ),
];

#[test]
fn bad_sites_are_told_as_kept() {
    let mut told = String::new();
    for (what, site) in SITES {
        let messages = build(site).messages;
        assert!(!messages.is_empty(), "nothing is told of {what}");
        told.push_str(&format!("==== {what}\n{messages}\n"));
    }
    as_kept("bad-sites.txt", &told);
}

#[test]
fn a_file_where_a_folder_must_be_gives_way_and_the_first_in_the_folder_is_named() {
    // Of pages that need the folder `feed.xml`, the first by its path is named, whatever their order in the files.
    let site = |addresses: &str| {
        build(&format!(
            "//- site.yaml\ntitle: T\n//- content/briefings/r.md\n---\ntitle: R\nsummary: S.\nredirect_from: [{addresses}]\n---\nText.\n"
        ))
    };
    for addresses in ["/feed.xml/b/, /feed.xml/a/, /feed.xml/c/", "/feed.xml/c/, /feed.xml/b/, /feed.xml/a/"] {
        let built = site(addresses);
        let column = 17 + addresses.find("/feed.xml/a/").expect("it is among them");
        let told = format!("a file and a folder would both be `feed.xml`\n --> content/briefings/r.md:4:{column}\n");
        assert!(built.messages.contains(&told), "{}", built.messages);
        assert_eq!(built.messages.matches("a file and a folder").count(), 1, "{}", built.messages);
        assert!(!built.files.contains_key("feed.xml") && built.files.contains_key("feed.xml/c/index.html"));
    }
}

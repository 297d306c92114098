# What pages say besides their texts. A site or a theme says a message otherwise in `languages/en.ftl` of its own,
# in which only that message stands. Numbers and dates come as the language writes them.

## Around every page

skip-to-text = Skip to the text
menu-main = Main
menu-footer = Footer
menu-languages = Languages
you-are-here = You are here
archive = Archive
search = Search
# The title of the link to the search: `/` is the key that leads there.
search-with-key = Search (/)
series = Series
authors = Authors
judgments = Judgments
corrections = Corrections
feed = Feed
# `$generator` is `Crossbrief 0.1.0`.
made-with = Made with { $generator }.
front-page = Front page

## Between the words of a list

list-comma = {", "}
# `$first` holds all but the last, with commas between them.
list-and = { $first } and { $last }

## Kinds of things

# Of a kind that `kinds:` in site.yaml adds, `kind-NAME` and `kind-NAME-many` say it in other languages.
kind-person = Person
kind-person-many = People
kind-country = Country
kind-country-many = Countries
kind-topic = Topic
kind-topic-many = Topics
kind-organization = Organisation
kind-organization-many = Organisations

## Sorts of texts

type-report = Report
type-analysis = Analysis
type-background = Background
type-opinion = Opinion
type-brief = Brief
type-live = Live

## Numbers

count-briefings = { $count ->
    [one] { $count } briefing
   *[other] { $count } briefings
}
count-briefings-page = { $count ->
    [one] { $count } briefing, page { $page } of { $pages }
   *[other] { $count } briefings, page { $page } of { $pages }
}
count-briefings-both = { $count ->
    [one] { $count } briefing: see what it tells of both
   *[other] { $count } briefings: see what they tell of both
}
name-and-briefings = { $count ->
    [one] { $name }, { $count } briefing
   *[other] { $name }, { $count } briefings
}
# As in a list of names: `Ukraine (12 briefings)`.
name-with-briefings = { $count ->
    [one] { $name } ({ $count } briefing)
   *[other] { $name } ({ $count } briefings)
}
percent = { $share }{"\u00A0"}%
percent-range = { $low }–{ $high }{"\u00A0"}%

## Briefings

briefing = Briefing
briefings = Briefings
part-of-series = { $series }, part { $part }
updated = Updated
what-changed = What changed
history = History
history-of = History: { $title }
history-intro = What was changed in this briefing since { $date }, word by word, the latest first.
part-title = Headline
part-summary = Summary
part-text = Text
words-added = added:
words-removed = removed:
passages-unchanged = { $count ->
    [one] { $count } paragraph unchanged
   *[other] { $count } paragraphs unchanged
}
reading-time = { $minutes } min
information-up-to = Information up to
also-in = Also in
in-brief = In brief
bottom-line = Bottom line
why-it-matters = Why it matters
key-judgments = Key judgments
likelihood = Likelihood
confidence = Confidence
timeline = Timeline
at-head-of-page = At the head of this page
sources = Sources
archived-copy = Archived copy
seen-on = Seen { $date }.
back-to-citation = Back to citation { $citation } of source { $source }
cite-briefing = Cite this briefing
also-named = Also named:
on-this-page = On this page
before-this = Before this
after-this = After this
referred-to-by = Referred to by
related-briefings = Related briefings
next-briefings = Next briefings
newer = Newer
older = Older
corrected = Corrected
in-this-briefing = In this briefing
shown-from = From { $title }
end-of-marking = End of { $label }

## What became known

correction = Correction
clarification = Clarification
retraction = Retraction
update = Update
editors-note = Editor’s note
# `$label` is one of these.
notice-on-date = { $label }, { $date }
labelled = { $label }: { $text }

## Estimates, in the words of ICD 203

likelihood-almost-no-chance = almost no chance
likelihood-remote = remote
likelihood-very-unlikely = very unlikely
likelihood-highly-improbable = highly improbable
likelihood-unlikely = unlikely
likelihood-improbable = improbable
likelihood-roughly-even-chance = roughly even chance
likelihood-roughly-even-odds = roughly even odds
likelihood-likely = likely
likelihood-probable = probable
likelihood-very-likely = very likely
likelihood-highly-probable = highly probable
likelihood-almost-certain = almost certain
likelihood-nearly-certain = nearly certain
confidence-low = low
confidence-moderate = moderate
confidence-high = high
likelihood-in-text = likelihood: { $term } ({ $range })
confidence-in-text = confidence: { $confidence }
outcome = Outcome
outcome-open = open
outcome-true = came true
outcome-false = did not come true
brier-score = Brier score

## Grades of sources, in the words of the Admiralty scale

reliability-a = Completely reliable
reliability-b = Usually reliable
reliability-c = Fairly reliable
reliability-d = Not usually reliable
reliability-e = Unreliable
reliability-f = Reliability cannot be judged
credibility-1 = Confirmed by other sources
credibility-2 = Probably true
credibility-3 = Possibly true
credibility-4 = Doubtful
credibility-5 = Improbable
credibility-6 = Truth cannot be judged

## Texts

task-done = done
task-to-do = to do
table = Table { $number }
# A table that stands in the text of another page.
table-of = Table { $number } of { $title }
link-to-section = Link to section: { $title }
notes = Notes
back-to-text = Back to text
alert-note = Note
alert-tip = Tip
alert-important = Important
alert-warning = Warning
alert-caution = Caution
video = Video
on-youtube = on YouTube; nothing is loaded from there before you follow the link
map = Map

## People, countries, topics

briefings-page = Briefings, page { $page } of { $pages }
no-briefing-yet = No briefing names { $name } yet.
# `$kind` is the plural of a kind in small letters.
all-of-kind = All { $kind }
facts = Facts
part-of = Part of
includes = Includes
also-known-as = Also known as
former-roles = Former roles
office-holders = Office holders
today = today
source = source
relations = Relations
appears-with = Appears with
most-often-with = Most often with { $names }.
with-kind = With { $kind }
by-year = By year
elsewhere = Elsewhere
feed-of-briefings = Feed of these briefings
born = Born
official-name = Official name
capital = Capital
region = Region
iso-codes = ISO codes
demonym = Demonym
media-topic = Media topic
# `$title` is a post, `$whose` the country or the organisation where it is held.
role-of = { $title } of { $whose }
# Stands after the name of a person, or alone on that person's own page.
becomes = becomes { $role }
ceases-to-be = ceases to be { $role }
map-of = Map: where { $name } lies
map-credit = Map: { $credit }
briefings-on = Briefings on { $name }.

## Charts

activity-in-numbers = Briefings per month in numbers, at most { $most } in a { $unit ->
    [year] year
   *[month] month
}
briefings-per-month = Briefings per month
year = Year
all = All
countries-by-briefings = Countries by number of briefings

## Two together

two-together = Two together
pair-title = { $left } and { $right }
pair-tally = { $count ->
    [one] { $count } briefing is about both
   *[other] { $count } briefings are about both
}
pair-tally-dates = { $count ->
    [one] { $count } briefing is about both, from { $first } to { $latest }
   *[other] { $count } briefings are about both, from { $first } to { $latest }
}
briefings-on-pair = Briefings on both { $left } and { $right }.
briefings-on-both = Briefings on both
briefings-on-both-page = Briefings on both, page { $page } of { $pages }
who-speaks-for = Who speaks for { $name }
topics-over-time = Topics over time
other-of-kind = Other { $kind }
corrected-briefing = The corrected briefing

## Lists

leading = Leading
latest = Latest
all-in-section = All { $count } in { $section }
most-named = Most named
kind-tally = { $briefings ->
    [one] { $count } in { $briefings } briefing
   *[other] { $count } in { $briefings } briefings
}
kind-described = { $kind } in the briefings of { $site }, from A to Z.
skip-map = Skip the map
letters = Letters
pages-of-list = Pages of this list
page-number = Page { $page }
undated = Undated
years = Years
months = Months
as-of = As of
writes-on = Writes on { $topics }.
series-tally = { $count ->
    [one] { $count } part
   *[other] { $count } parts, from the first
}
last-part = Last part { $date }
series-described = All parts of the series { $series }.

## Registers

judgments-described = Every key judgment of { $site }, how likely it was thought to be, and what came of it.
judgments-of-month-described = The key judgments of { $site } of this month: { $month }.
corrections-described = What { $site } got wrong, and what is right.
judgments-intro = What this desk held to be likely, and what came of it.
key-judgments-of-month = Key judgments, { $month }
record = Record
record-tally = { $count ->
    [one] { $count } judgment, { $scored } with a known outcome
   *[other] { $count } judgments, { $scored } with a known outcome
}
record-with-score = { $count ->
    [one] { $count } judgment
   *[other] { $count } judgments
}, { $scored } with a known outcome. Mean Brier score { $score }: 0 is foresight, 0.25 a coin, 1 certainty of the wrong thing.
judgments-by-likelihood = Judgments by likelihood
known = Known
came-true-count = Came true
corrections-of-year = Corrections, { $year }
corrections-intro = What we got wrong, and what is right. Each stands at the head of its briefing too.
# Stands before the title of the briefing that was corrected.
said-in = In

## Search

search-prompt = Words, names or countries
search-described = Search the briefings, people and topics of { $site }.
choose-kind = Kind
choose-date = Date
choose-topic = Topic
everything = Everything
any = Any
search-keys = { $slash } to search, { $down } and { $up } through what was found
more-briefings = More briefings
a-to-z = From A to Z
search-needs-script = To search takes a script, and this browser runs none. These lists lead everywhere.
archive-by-date = Archive by date

## What the scripts say: `script-NAME-…` is for the script of that name

script-search-loading = Searching…
script-search-failed = The search could not be loaded. Try again, or take one of the lists below.
script-search-nothing = Nothing was found for “{ $query }”.
# `$words` are words in quotation marks with `script-search-or` between them.
script-search-lacking = Nothing has { $words }.
script-search-quoted = “{ $word }”
script-search-or = {" or "}
script-search-renewed = The site is being published anew, and some briefings cannot be found yet. Try again in a moment.
script-search-none-whole = No briefing has all of these words; these have most of them.
# `$briefings` is `script-search-briefings`.
script-search-partly = { $briefings }, and others that have most of these words.
script-search-then = { $first }. { $second }
script-search-briefings = { $count ->
    [one] { $count } briefing
   *[other] { $count } briefings
}
script-search-names = { $count ->
    [one] { $count } name
   *[other] { $count } names
}
script-search-newest = { $count ->
    [one] Newest month
   *[other] Newest { $count } months
}
script-reading-copy = Copy
script-reading-copy-as = Copy as { $style }
script-reading-copied = Copied
script-reading-marked = Marked: copy it with the keyboard
script-reading-latest = Latest: { $title }

## Pages that are no more

not-found = Page not found
not-found-text = There is nothing at this address. These lists lead everywhere:
withdrawn = Briefing withdrawn
withdrawn-text = The briefing at this address has been withdrawn and is no longer published.
moved = Moved
page-has-moved = This page has moved:

## Markdown twins

updated-on = updated { $date }
by-authors = by { $authors }

# Що сторінки кажуть, крім своїх текстів. Пояснення до повідомлень стоять у `en.ftl`.

## Навколо кожної сторінки

skip-to-text = Перейти до тексту
menu-main = Головне меню
menu-footer = Нижнє меню
menu-languages = Мови
you-are-here = Ви тут
archive = Архів
search = Пошук
search-with-key = Пошук (/)
series = Серії
authors = Автори
judgments = Оцінки
corrections = Виправлення
feed = Стрічка
made-with = Створено за допомогою { $generator }.
front-page = Головна

## Між словами переліку

list-comma = {", "}
list-and = { $first } та { $last }

## Роди речей

kind-person = Особа
kind-person-many = Люди
kind-country = Країна
kind-country-many = Країни
kind-topic = Тема
kind-topic-many = Теми
kind-organization = Організація
kind-organization-many = Організації

## Види текстів

type-report = Повідомлення
type-analysis = Аналітика
type-background = Довідка
type-opinion = Думка
type-brief = Коротко
type-live = Наживо

## Числа

count-briefings = { $count ->
    [one] { $count } огляд
    [few] { $count } огляди
   *[other] { $count } оглядів
}
count-briefings-page = { $count ->
    [one] { $count } огляд
    [few] { $count } огляди
   *[other] { $count } оглядів
}, сторінка { $page } з { $pages }
count-briefings-both = { $count ->
    [one] { $count } огляд: що в ньому сказано про обох
    [few] { $count } огляди: що в них сказано про обох
   *[other] { $count } оглядів: що в них сказано про обох
}
name-and-briefings = { $count ->
    [one] { $name }, { $count } огляд
    [few] { $name }, { $count } огляди
   *[other] { $name }, { $count } оглядів
}
name-with-briefings = { $count ->
    [one] { $name } ({ $count } огляд)
    [few] { $name } ({ $count } огляди)
   *[other] { $name } ({ $count } оглядів)
}
percent = { $share }{"\u00A0"}%
percent-range = { $low }–{ $high }{"\u00A0"}%

## Огляди

briefing = Огляд
briefings = Огляди
part-of-series = { $series }, частина { $part }
updated = Оновлено
what-changed = Що змінилося
history = Історія змін
history-of = Історія змін: { $title }
history-intro = Що змінилося в цьому огляді з { $date }, слово за словом, від найновішого.
part-title = Заголовок
part-summary = Стислий виклад
part-text = Текст
words-added = додано:
words-removed = вилучено:
passages-unchanged = { $count ->
    [one] { $count } абзац без змін
    [few] { $count } абзаци без змін
   *[other] { $count } абзаців без змін
}
reading-time = { $minutes } хв
information-up-to = Інформація станом на
also-in = Також мовами:
in-brief = Стисло
bottom-line = Головне
why-it-matters = Чому це важливо
key-judgments = Ключові оцінки
likelihood = Імовірність
confidence = Упевненість
timeline = Хронологія
at-head-of-page = На початку сторінки
sources = Джерела
archived-copy = Архівна копія
seen-on = Переглянуто: { $date }.
back-to-citation = Назад до посилання { $citation } на джерело { $source }
cite-briefing = Як цитувати цей огляд
also-named = Також згадано:
on-this-page = На цій сторінці
before-this = Перед цим
after-this = Після цього
referred-to-by = На цей огляд посилаються
related-briefings = Пов’язані огляди
next-briefings = Сусідні огляди
newer = Новіше
older = Старіше
corrected = Виправлено
in-this-briefing = У цьому огляді
shown-from = З тексту «{ $title }»
end-of-marking = Кінець { $label }

## Що стало відомо

correction = Виправлення
clarification = Уточнення
retraction = Спростування
update = Оновлення
editors-note = Від редакції
notice-on-date = { $label }, { $date }
labelled = { $label }: { $text }

## Оцінки, за термінами ICD 203

likelihood-almost-no-chance = майже неможливо
likelihood-remote = украй малоймовірно
likelihood-very-unlikely = дуже малоймовірно
likelihood-highly-improbable = вельми малоймовірно
likelihood-unlikely = малоймовірно
likelihood-improbable = навряд чи
likelihood-roughly-even-chance = приблизно рівні шанси
likelihood-roughly-even-odds = приблизно порівну
likelihood-likely = імовірно
likelihood-probable = правдоподібно
likelihood-very-likely = дуже ймовірно
likelihood-highly-probable = вельми ймовірно
likelihood-almost-certain = майже напевно
likelihood-nearly-certain = майже безсумнівно
confidence-low = низька
confidence-moderate = помірна
confidence-high = висока
likelihood-in-text = імовірність: { $term } ({ $range })
confidence-in-text = упевненість: { $confidence }
outcome = Результат
outcome-open = невідомий
outcome-true = справдилося
outcome-false = не справдилося
brier-score = Показник Браєра

## Якість джерел, за адміралтейською шкалою

reliability-a = Цілком надійне
reliability-b = Зазвичай надійне
reliability-c = Досить надійне
reliability-d = Не завжди надійне
reliability-e = Ненадійне
reliability-f = Надійність визначити неможливо
credibility-1 = Підтверджено іншими джерелами
credibility-2 = Імовірно правда
credibility-3 = Можливо правда
credibility-4 = Сумнівно
credibility-5 = Малоймовірно
credibility-6 = Правдивість визначити неможливо

## Тексти

task-done = виконано
task-to-do = не виконано
table = Таблиця { $number }
table-of = Таблиця { $number } з тексту «{ $title }»
link-to-section = Посилання на розділ: { $title }
notes = Примітки
back-to-text = Назад до тексту
alert-note = Зауваження
alert-tip = Порада
alert-important = Важливо
alert-warning = Увага
alert-caution = Обережно
video = Відео
on-youtube = на YouTube; поки ви не перейдете за посиланням, звідти нічого не завантажується
map = Карта

## Люди, країни, теми

briefings-page = Огляди, сторінка { $page } з { $pages }
no-briefing-yet = Про { $name } ще немає жодного огляду.
all-of-kind = Усі { $kind }
facts = Факти
part-of = Входить до
includes = Містить
also-known-as = Інші назви
former-roles = Колишні посади
office-holders = Посадовці
today = досі
source = джерело
relations = Зв’язки
appears-with = Згадується разом
most-often-with = Найчастіше разом: { $names }.
with-kind = Разом: { $kind }
by-year = За роками
elsewhere = Деінде
feed-of-briefings = Стрічка цих оглядів
born = Дата народження
official-name = Офіційна назва
capital = Столиця
region = Регіон
iso-codes = Коди ISO
demonym = Назва мешканців
media-topic = Тема IPTC
role-of = { $title } ({ $whose })
becomes = обіймає посаду: { $role }
ceases-to-be = залишає посаду: { $role }
map-of = Карта: { $name }
map-credit = Карта: { $credit }
briefings-on = Огляди на тему: { $name }.

## Діаграми

activity-in-numbers = Огляди за місяцями в числах, щонайбільше { $most } за { $unit ->
    [year] рік
   *[month] місяць
}
briefings-per-month = Огляди за місяцями
year = Рік
all = Разом
countries-by-briefings = Країни за кількістю оглядів

## Двоє разом

two-together = Двоє разом
pair-title = { $left } та { $right }
pair-tally = { $count ->
    [one] { $count } огляд про обох
    [few] { $count } огляди про обох
   *[other] { $count } оглядів про обох
}
pair-tally-dates = { $count ->
    [one] { $count } огляд про обох
    [few] { $count } огляди про обох
   *[other] { $count } оглядів про обох
}, перший: { $first }, останній: { $latest }
briefings-on-pair = Огляди про обох: { $left } та { $right }.
briefings-on-both = Огляди про обох
briefings-on-both-page = Огляди про обох, сторінка { $page } з { $pages }
who-speaks-for = Хто представляє: { $name }
topics-over-time = Теми за роками
other-of-kind = Інші { $kind }
corrected-briefing = Виправлений огляд

## Переліки

leading = Головне
latest = Останнє
all-in-section = Усі { $count } у розділі «{ $section }»
most-named = Найчастіше згадувані
kind-tally = { $briefings ->
    [one] { $count } у { $briefings } огляді
   *[other] { $count } у { $briefings } оглядах
}
kind-described = { $kind } в оглядах «{ $site }», від А до Я.
skip-map = Пропустити карту
letters = Літери
pages-of-list = Сторінки переліку
page-number = Сторінка { $page }
undated = Без дати
years = Роки
months = Місяці
as-of = Станом на
writes-on = Пише на теми: { $topics }.
series-tally = { $count ->
    [one] { $count } частина
    [few] { $count } частини, від першої
   *[other] { $count } частин, від першої
}
last-part = Остання частина: { $date }
series-described = Усі частини серії «{ $series }».

## Реєстри

judgments-described = Усі ключові оцінки «{ $site }»: наскільки ймовірними їх вважали і чим усе скінчилося.
judgments-of-month-described = Ключові оцінки «{ $site }» за місяць: { $month }.
corrections-described = У чому «{ $site }» помилилися і як насправді.
judgments-intro = Що ми вважали ймовірним і чим це скінчилося.
key-judgments-of-month = Ключові оцінки, { $month }
record = Підсумок
record-tally = { $count ->
    [one] { $count } оцінка
    [few] { $count } оцінки
   *[other] { $count } оцінок
}, з відомим результатом: { $scored }
record-with-score = { $count ->
    [one] { $count } оцінка
    [few] { $count } оцінки
   *[other] { $count } оцінок
}, з відомим результатом: { $scored }. Середній показник Браєра { $score }: 0 — передбачення, 0,25 — підкинута монета, 1 — упевненість у хибному.
judgments-by-likelihood = Оцінки за ймовірністю
known = Відомо
came-true-count = Справдилося
corrections-of-year = Виправлення, { $year }
corrections-intro = У чому ми помилилися і як насправді. Кожне виправлення стоїть і на початку свого огляду.
said-in = В огляді

## Пошук

search-prompt = Слова, імена чи країни
search-described = Пошук оглядів, людей і тем на «{ $site }».
choose-kind = Вид
choose-date = Дата
choose-topic = Тема
everything = Усе
any = Будь-яка
search-keys = { $slash } — почати пошук, { $down } і { $up } — по знайденому
more-briefings = Більше оглядів
a-to-z = Від А до Я
search-needs-script = Для пошуку потрібен скрипт, а цей браузер їх не виконує. Ці переліки ведуть усюди.
archive-by-date = Архів за датами

## Що кажуть скрипти

script-search-loading = Пошук…
script-search-failed = Не вдалося завантажити пошук. Спробуйте ще раз або скористайтеся переліками нижче.
script-search-nothing = За запитом «{ $query }» нічого не знайдено.
script-search-lacking = Ніде немає: { $words }.
script-search-quoted = «{ $word }»
script-search-or = {", "}
script-search-renewed = Сайт саме публікується наново, і деякі огляди поки не знаходяться. Спробуйте за мить.
script-search-none-whole = Жоден огляд не має всіх цих слів; у цих є більшість із них.
script-search-partly = { $briefings } та інші, де є більшість цих слів.
script-search-then = { $first }. { $second }
script-search-briefings = { $count ->
    [one] { $count } огляд
    [few] { $count } огляди
   *[other] { $count } оглядів
}
script-search-names = { $count ->
    [one] { $count } назва
    [few] { $count } назви
   *[other] { $count } назв
}
script-search-newest = { $count ->
    [one] Останній { $count } місяць
    [few] Останні { $count } місяці
   *[other] Останні { $count } місяців
}
script-reading-copy = Копіювати
script-reading-copy-as = Копіювати у форматі { $style }
script-reading-copied = Скопійовано
script-reading-marked = Виділено: скопіюйте з клавіатури
script-reading-latest = Останнє: { $title }

## Сторінки, яких більше немає

not-found = Сторінку не знайдено
not-found-text = За цією адресою нічого немає. Ці переліки ведуть усюди:
withdrawn = Огляд відкликано
withdrawn-text = Огляд за цією адресою відкликано, його більше не опубліковано.
moved = Переміщено
page-has-moved = Цю сторінку переміщено:

## Двійники в Markdown

updated-on = оновлено { $date }
by-authors = автори: { $authors }

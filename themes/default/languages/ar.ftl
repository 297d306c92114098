# ما تقوله الصفحات سوى نصوصها. شرح الرسائل في `en.ftl`.

## حول كل صفحة

skip-to-text = انتقل إلى النص
menu-main = القائمة الرئيسية
menu-footer = قائمة أسفل الصفحة
menu-languages = اللغات
you-are-here = أنت هنا
archive = الأرشيف
search = البحث
search-with-key = البحث (/)
series = السلاسل
authors = الكتّاب
judgments = التقديرات
corrections = التصويبات
feed = موجز الأخبار
made-with = أُعِدّ باستخدام { $generator }.
front-page = الصفحة الرئيسية

## بين كلمات القائمة

list-comma = {"، "}
list-and = { $first } و{ $last }

## الأنواع

kind-person = شخصية
kind-person-many = شخصيات
kind-country = بلد
kind-country-many = بلدان
kind-topic = موضوع
kind-topic-many = موضوعات
kind-organization = منظمة
kind-organization-many = منظمات

## أنواع النصوص

type-report = تقرير
type-analysis = تحليل
type-background = خلفية
type-opinion = رأي
type-brief = موجز
type-live = مباشر

## الأعداد

count-briefings = { $count ->
    [zero] لا إحاطات
    [one] إحاطة واحدة
    [two] إحاطتان
    [few] { $count } إحاطات
   *[other] { $count } إحاطة
}
count-briefings-page = { $count ->
    [zero] لا إحاطات
    [one] إحاطة واحدة
    [two] إحاطتان
    [few] { $count } إحاطات
   *[other] { $count } إحاطة
}، صفحة { $page } من { $pages }
count-briefings-both = { $count ->
    [zero] لا إحاطات
    [one] إحاطة واحدة
    [two] إحاطتان
    [few] { $count } إحاطات
   *[other] { $count } إحاطة
}: ما ورد فيها عن الاثنين
name-and-briefings = { $name }، { $count ->
    [zero] لا إحاطات
    [one] إحاطة واحدة
    [two] إحاطتان
    [few] { $count } إحاطات
   *[other] { $count } إحاطة
}
name-with-briefings = { $name } ({ $count ->
    [zero] لا إحاطات
    [one] إحاطة واحدة
    [two] إحاطتان
    [few] { $count } إحاطات
   *[other] { $count } إحاطة
})
percent = { $share }%
percent-range = { $low }–{ $high }%

## الإحاطات

briefing = إحاطة
briefings = الإحاطات
part-of-series = { $series }، الجزء { $part }
updated = آخر تحديث
what-changed = ما الذي تغيّر
history = سجل التعديلات
history-of = سجل التعديلات: { $title }
history-intro = ما تغيّر في هذه الإحاطة منذ { $date }، كلمةً كلمة، من الأحدث إلى الأقدم.
part-title = العنوان
part-summary = الملخص
part-text = النص
words-added = أُضيف:
words-removed = حُذف:
passages-unchanged = { $count ->
    [zero] لا فقرات بلا تغيير
    [one] فقرة واحدة بلا تغيير
    [two] فقرتان بلا تغيير
    [few] { $count } فقرات بلا تغيير
    [many] { $count } فقرة بلا تغيير
   *[other] { $count } فقرة بلا تغيير
}
reading-time = { $minutes ->
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $minutes } دقائق
   *[other] { $minutes } دقيقة
}
information-up-to = المعلومات حتى
also-in = متاح أيضًا بـ
in-brief = باختصار
bottom-line = الخلاصة
why-it-matters = لماذا يهمّ ذلك
key-judgments = التقديرات الرئيسية
likelihood = الاحتمال
confidence = درجة الثقة
timeline = التسلسل الزمني
at-head-of-page = في أعلى هذه الصفحة
sources = المصادر
archived-copy = نسخة مؤرشفة
seen-on = اطُّلع عليه في { $date }.
back-to-citation = العودة إلى الإحالة { $citation } للمصدر { $source }
cite-briefing = كيفية الاستشهاد بهذه الإحاطة
also-named = ورد أيضًا ذكر:
on-this-page = في هذه الصفحة
before-this = قبل ذلك
after-this = بعد ذلك
referred-to-by = إحاطات تحيل إلى هذه
related-briefings = إحاطات ذات صلة
next-briefings = الإحاطات المجاورة
newer = الأحدث
older = الأقدم
corrected = مصوَّبة
in-this-briefing = في هذه الإحاطة
shown-from = من «{ $title }»
end-of-marking = نهاية { $label }

## ما أُعلن

correction = تصويب
clarification = توضيح
retraction = سحب
update = تحديث
editors-note = ملاحظة من هيئة التحرير
notice-on-date = { $label }، { $date }
labelled = { $label }: { $text }

## التقديرات، بمصطلحات ICD 203

likelihood-almost-no-chance = يكاد يكون مستحيلًا
likelihood-remote = احتمال ضئيل جدًا
likelihood-very-unlikely = مستبعد جدًا
likelihood-highly-improbable = غير محتمل إلى حد بعيد
likelihood-unlikely = مستبعد
likelihood-improbable = غير محتمل
likelihood-roughly-even-chance = فرص متساوية تقريبًا
likelihood-roughly-even-odds = احتمالان متكافئان تقريبًا
likelihood-likely = مرجّح
likelihood-probable = محتمل
likelihood-very-likely = مرجّح جدًا
likelihood-highly-probable = محتمل إلى حد بعيد
likelihood-almost-certain = شبه مؤكد
likelihood-nearly-certain = يكاد يكون مؤكدًا
confidence-low = منخفضة
confidence-moderate = متوسطة
confidence-high = عالية
likelihood-in-text = الاحتمال: { $term } ({ $range })
confidence-in-text = درجة الثقة: { $confidence }
outcome = النتيجة
outcome-open = غير معروفة
outcome-true = تحقّق
outcome-false = لم يتحقّق
brier-score = مقياس براير

## درجات المصادر، بمصطلحات مقياس الأدميرالية

reliability-a = موثوق تمامًا
reliability-b = موثوق عادةً
reliability-c = موثوق إلى حد ما
reliability-d = غير موثوق عادةً
reliability-e = غير موثوق
reliability-f = لا يمكن الحكم على موثوقيته
credibility-1 = أكّدته مصادر أخرى
credibility-2 = صحيح على الأرجح
credibility-3 = ربما كان صحيحًا
credibility-4 = مشكوك فيه
credibility-5 = مستبعد
credibility-6 = لا يمكن الحكم على صحته

## النصوص

task-done = أُنجز
task-to-do = لم يُنجز
table = الجدول { $number }
table-of = الجدول { $number } من «{ $title }»
link-to-section = رابط إلى القسم: { $title }
notes = الحواشي
back-to-text = العودة إلى النص
alert-note = ملاحظة
alert-tip = نصيحة
alert-important = مهم
alert-warning = تنبيه
alert-caution = تحذير
video = فيديو
on-youtube = على يوتيوب؛ لا يُحمَّل شيء من هناك قبل أن تتبع الرابط
map = خريطة

## الشخصيات والبلدان والموضوعات

briefings-page = الإحاطات، صفحة { $page } من { $pages }
no-briefing-yet = لم تذكر أي إحاطة { $name } بعد.
all-of-kind = الكل: { $kind }
facts = حقائق
part-of = جزء من
includes = يشمل
also-known-as = أسماء أخرى
former-roles = مناصب سابقة
office-holders = شاغلو المناصب
today = الآن
source = المصدر
relations = العلاقات
appears-with = يرد ذكره مع
most-often-with = غالبًا مع { $names }.
with-kind = مع: { $kind }
by-year = حسب السنة
elsewhere = في مواقع أخرى
feed-of-briefings = موجز هذه الإحاطات
born = تاريخ الميلاد
official-name = الاسم الرسمي
capital = العاصمة
region = المنطقة
iso-codes = رموز ISO
demonym = النسبة
media-topic = موضوع IPTC
role-of = { $title }، { $whose }
becomes = يتولى منصب: { $role }
ceases-to-be = يغادر منصب: { $role }
map-of = خريطة: موقع { $name }
map-credit = الخريطة: { $credit }
briefings-on = إحاطات عن { $name }.

## الرسوم البيانية

activity-in-numbers = الإحاطات شهريًا بالأرقام، بحد أقصى { $most } في { $unit ->
    [year] السنة
   *[month] الشهر
}
briefings-per-month = الإحاطات شهريًا
year = السنة
all = المجموع
countries-by-briefings = البلدان حسب عدد الإحاطات

## معًا

two-together = معًا
pair-title = { $left } و{ $right }
pair-tally = { $count ->
    [zero] لا إحاطات
    [one] إحاطة واحدة
    [two] إحاطتان
    [few] { $count } إحاطات
   *[other] { $count } إحاطة
} عن الاثنين
pair-tally-dates = { $count ->
    [zero] لا إحاطات
    [one] إحاطة واحدة
    [two] إحاطتان
    [few] { $count } إحاطات
   *[other] { $count } إحاطة
} عن الاثنين، من { $first } إلى { $latest }
briefings-on-pair = إحاطات عن { $left } و{ $right } معًا.
briefings-on-both = إحاطات عن الاثنين
briefings-on-both-page = إحاطات عن الاثنين، صفحة { $page } من { $pages }
who-speaks-for = من يتحدث باسم { $name }
topics-over-time = الموضوعات عبر السنين
other-of-kind = سوى ذلك: { $kind }
corrected-briefing = الإحاطة المصوَّبة

## القوائم

leading = الأبرز
latest = الأحدث
all-in-section = كل ما في { $section } ({ $count })
most-named = الأكثر ذكرًا
kind-tally = { $count } في { $briefings ->
    [zero] الإحاطات
    [one] إحاطة واحدة
    [two] إحاطتين
    [few] { $briefings } إحاطات
   *[other] { $briefings } إحاطة
}
kind-described = { $kind } في إحاطات { $site }، مرتّبة أبجديًا.
skip-map = تجاوز الخريطة
letters = الحروف
pages-of-list = صفحات هذه القائمة
page-number = الصفحة { $page }
undated = دون تاريخ
years = السنوات
months = الأشهر
as-of = حتى تاريخ
writes-on = يكتب عن: { $topics }.
series-tally = { $count ->
    [zero] لا أجزاء
    [one] جزء واحد
    [two] جزءان
    [few] { $count } أجزاء، من أولها
   *[other] { $count } جزءًا، من أولها
}
last-part = الجزء الأخير في { $date }
series-described = جميع أجزاء سلسلة { $series }.

## السجلّات

judgments-described = جميع التقديرات الرئيسية في { $site }، ومدى احتمالها في حينها، وما آلت إليه.
judgments-of-month-described = التقديرات الرئيسية في { $site } لشهر { $month }.
corrections-described = ما أخطأ فيه { $site }، وما الصواب.
judgments-intro = ما رجّحته هيئة التحرير، وما آل إليه.
key-judgments-of-month = التقديرات الرئيسية، { $month }
record = الحصيلة
record-tally = { $count ->
    [zero] لا تقديرات
    [one] تقدير واحد
    [two] تقديران
    [few] { $count } تقديرات
   *[other] { $count } تقديرًا
}، عُرفت نتيجة { $scored } منها
record-with-score = { $count ->
    [zero] لا تقديرات
    [one] تقدير واحد
    [two] تقديران
    [few] { $count } تقديرات
   *[other] { $count } تقديرًا
}، عُرفت نتيجة { $scored } منها. متوسط مقياس براير { $score }: الصفر استشراف تام، و0.25 رمية عملة، و1 يقين بالخطأ.
judgments-by-likelihood = التقديرات حسب الاحتمال
known = معروف
came-true-count = تحقّق
corrections-of-year = التصويبات، { $year }
corrections-intro = ما أخطأنا فيه، وما الصواب. ويرد كل تصويب في أعلى إحاطته أيضًا.
said-in = في

## البحث

search-prompt = كلمات أو أسماء أو بلدان
search-described = ابحث في إحاطات { $site } وشخصياته وموضوعاته.
choose-kind = النوع
choose-date = التاريخ
choose-topic = الموضوع
everything = الكل
any = أيّ
search-keys = { $slash } للبحث، و{ $down } و{ $up } للتنقّل بين النتائج
more-briefings = مزيد من الإحاطات
a-to-z = من الألف إلى الياء
search-needs-script = يحتاج البحث إلى برنامج نصي، وهذا المتصفح لا يشغّل شيئًا منها. هذه القوائم تقود إلى كل شيء.
archive-by-date = الأرشيف حسب التاريخ

## ما تقوله البرامج النصية

script-search-loading = جارٍ البحث…
script-search-failed = تعذّر تحميل البحث. حاول مجددًا، أو استعن بإحدى القوائم أدناه.
script-search-nothing = لم يُعثر على شيء عن «{ $query }».
script-search-lacking = لا يرد في أي مكان: { $words }.
script-search-quoted = «{ $word }»
script-search-or = {"، "}
script-search-renewed = يجري نشر الموقع من جديد، وتعذّر العثور على بعض الإحاطات مؤقتًا. حاول بعد لحظات.
script-search-none-whole = ما من إحاطة تضم هذه الكلمات كلها؛ وهذه تضم معظمها.
script-search-partly = { $briefings }، وأخرى تضم معظم هذه الكلمات.
script-search-then = { $first }. { $second }
script-search-briefings = { $count ->
    [zero] لا إحاطات
    [one] إحاطة واحدة
    [two] إحاطتان
    [few] { $count } إحاطات
   *[other] { $count } إحاطة
}
script-search-names = { $count ->
    [zero] لا أسماء
    [one] اسم واحد
    [two] اسمان
    [few] { $count } أسماء
   *[other] { $count } اسمًا
}
script-search-newest = { $count ->
    [zero] الأحدث
    [one] الشهر الأخير
    [two] الشهران الأخيران
    [few] آخر { $count } أشهر
   *[other] آخر { $count } شهرًا
}
script-reading-copy = نسخ
script-reading-copy-as = نسخ بصيغة { $style }
script-reading-copied = نُسخ
script-reading-marked = حُدِّد النص: انسخه بلوحة المفاتيح
script-reading-latest = الأحدث: { $title }

## صفحات لم تعد موجودة

not-found = الصفحة غير موجودة
not-found-text = لا شيء في هذا العنوان. هذه القوائم تقود إلى كل شيء:
withdrawn = سُحبت الإحاطة
withdrawn-text = سُحبت الإحاطة التي كانت في هذا العنوان ولم تعد منشورة.
moved = نُقلت
page-has-moved = نُقلت هذه الصفحة:

## نسخ Markdown

updated-on = حُدِّث في { $date }
by-authors = بقلم { $authors }

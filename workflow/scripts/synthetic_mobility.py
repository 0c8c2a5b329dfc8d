"""Write a file of the shape of Google's mobility reports of the whole world.

python workflow/scripts/synthetic_mobility.py FILE [--rows N] [--order sorted|scattered]

The Indonesian rows are those of data/raw/mobility/google_daily.csv. All others are drawn: names
with letters beyond ASCII, some in quotation marks because they hold a comma, figures that are
withheld more often in small regions, days that are missing altogether. The publisher's file is
sorted by country, region and day; scattered, the same rows come day by day, days and regions in
random order, so that those of one country lie as far apart as they can.
"""

import argparse
from pathlib import Path

import numpy as np

from gotong.contracts import RAW, read_raw
from gotong.sources import google

RAW_TABLES = Path("data/raw")
ROWS = 10_000_000
SEED = 20200215

HEADER = f"{google.HEADER}\n".encode()
INDONESIA = ("ID", "Indonesia")
MISSING = -101
"""Stands for a figure that was withheld; a change is never below -100."""
HIGHEST = 999
QUOTED = 0.01
"""Share of regions whose name holds a comma."""

# Code, name and rough number of regions of the 135 countries of the reports.
COUNTRIES = """
AE United Arab Emirates 8|AF Afghanistan 10|AG Antigua and Barbuda 1|AO Angola 8|AR Argentina 420
AT Austria 105|AU Australia 330|AW Aruba 1|BA Bosnia and Herzegovina 4|BB Barbados 1
BD Bangladesh 45|BE Belgium 15|BF Burkina Faso 6|BG Bulgaria 150|BH Bahrain 5|BJ Benin 8
BO Bolivia 10|BR Brazil 2300|BS The Bahamas 1|BW Botswana 8|BY Belarus 8|BZ Belize 5|CA Canada 290
CH Switzerland 27|CI Côte d'Ivoire 12|CL Chile 270|CM Cameroon 8|CO Colombia 400|CR Costa Rica 60
CV Cape Verde 4|CZ Czechia 92|DE Germany 17|DK Denmark 101|DO Dominican Republic 30|EC Ecuador 120
EE Estonia 60|EG Egypt 28|ES Spain 70|FI Finland 75|FJ Fiji 4|FR France 110|GA Gabon 5
GB United Kingdom 420|GE Georgia 12|GH Ghana 11|GR Greece 20|GT Guatemala 100|GW Guinea-Bissau 1
HK Hong Kong 1|HN Honduras 19|HR Croatia 95|HT Haiti 8|HU Hungary 170|ID Indonesia 35|IE Ireland 120
IL Israel 7|IN India 690|IQ Iraq 19|IT Italy 130|JM Jamaica 15|JO Jordan 13|JP Japan 48
KE Kenya 48|KG Kyrgyzstan 8|KH Cambodia 20|KR South Korea 17|KW Kuwait 7|KZ Kazakhstan 17
LA Laos 12|LB Lebanon 9|LI Liechtenstein 1|LK Sri Lanka 26|LT Lithuania 60|LU Luxembourg 4
LV Latvia 45|LY Libya 12|MA Morocco 75|MD Moldova 30|MK North Macedonia 50|ML Mali 8
MM Myanmar (Burma) 16|MN Mongolia 15|MT Malta 40|MU Mauritius 9|MX Mexico 33|MY Malaysia 140
MZ Mozambique 12|NA Namibia 12|NE Niger 6|NG Nigeria 38|NI Nicaragua 17|NL Netherlands 370
NO Norway 12|NP Nepal 60|NZ New Zealand 82|OM Oman 11|PA Panama 10|PE Peru 190
PG Papua New Guinea 10|PH Philippines 105|PK Pakistan 8|PL Poland 380|PR Puerto Rico 75
PT Portugal 290|PY Paraguay 18|QA Qatar 8|RE Réunion 1|RO Romania 500|RS Serbia 26|RU Russia 84
RW Rwanda 6|SA Saudi Arabia 14|SE Sweden 290|SG Singapore 1|SI Slovenia 60|SK Slovakia 82
SN Senegal 13|SV El Salvador 15|TG Togo 6|TH Thailand 78|TJ Tajikistan 4|TR Turkey 780
TT Trinidad and Tobago 14|TW Taiwan 23|TZ Tanzania 28|UA Ukraine 27|UG Uganda 80
US United States 2900|UY Uruguay 20|VE Venezuela 25|VN Vietnam 64|YE Yemen 1|ZA South Africa 60
ZM Zambia 11|ZW Zimbabwe 11
"""
SYLLABLES = ("ba", "da", "ka", "lo", "mi", "nu", "ra", "sa", "ti", "wé", "zã", "gø", "łe", "mar")
KINDS = (
    "Province",
    "County",
    "State",
    "District",
    "Metropolitan Region",
    "Municipality",
    "Department",
)


def countries():
    """Return code, name and number of regions of each country, sorted by code."""
    found = []
    for entry in COUNTRIES.replace("\n", "|").strip("|").split("|"):
        code, rest = entry.split(" ", 1)
        name, number = rest.rsplit(" ", 1)
        found.append((code, name, int(number)))
    return found


def place(rng):
    """Return an identifier of a place as the reports have it."""
    letters = np.frombuffer(
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", "u1"
    )
    return "ChIJ" + rng.choice(letters, 23).tobytes().decode()


def named(rng):
    """Return the name of a region, in quotation marks if it holds a comma."""
    word = "".join(rng.choice(SYLLABLES, rng.integers(5, 9))).capitalize()
    name = f"{word} {rng.choice(KINDS)}"
    return f'"{word}, {name}"' if rng.random() < QUOTED else name


def starts(rng, scale):
    """Yield what stands before the day in the rows of each region outside Indonesia.

    The regions of a country are itself, then the parts of the first order, each followed by
    its own parts.
    """
    for code, country, number in countries():
        regions = 1 if number == 1 else max(2, round(number * scale))
        first = second = iso = ""
        for region in range(regions if code != INDONESIA[0] else 0):
            if region and (region == 1 or regions < 100 or rng.random() < 0.05):
                first, second, iso = named(rng), "", f"{code}-{rng.integers(1, 99)}"
            elif region:
                second, iso = named(rng), ""
            fips = f"{rng.integers(1001, 56045):05}" if code == "US" and second else ""
            yield f"{code},{country},{first},{second},,{iso},{fips},{place(rng)},".encode()


def indonesia(rng):
    """Return the starts of the Indonesian rows, and their figures by region, day, category."""
    tables = {
        name: read_raw((RAW_TABLES / name).read_bytes(), RAW[name], name)
        for name in (google.TABLE, "geography/regions.csv", "geography/spellings.csv")
    }
    published, regions, spellings = tables.values()
    spellings = spellings[spellings["dataset"] == google.DATASET]
    printed = {google.COUNTRY: ""}
    printed |= dict(zip(regions["region_code"], regions["name"], strict=True))
    printed |= dict(zip(spellings["region_code"], spellings["spelling"], strict=True))
    codes = sorted(published["region_code"].unique(), key=printed.__getitem__)
    code, country = INDONESIA
    heads = [f"{code},{country},{printed[each]},,,,,{place(rng)},".encode() for each in codes]
    figures = published.set_index("region_code")[list(google.CATEGORIES)].fillna(MISSING)
    return heads, np.array([figures.loc[each].to_numpy("i2") for each in codes])


def drawn(rng, regions, days):
    """Return figures by region, day and category: a level, weeks, noise, and gaps."""
    shape = (regions, days, len(google.CATEGORIES))
    figures = rng.normal(0, 12, shape).astype("f4")
    figures += rng.normal(-15, 15, (regions, 1, shape[2]))
    figures += 20 * np.sin(np.arange(days) / 40)[:, np.newaxis]
    figures = np.clip(figures.round(), MISSING + 1, HIGHEST).astype("i2")
    withheld = rng.beta(0.5, 4.5, (regions, 1, shape[2])).astype("f4")
    figures[rng.random(shape, "f4") < withheld] = MISSING
    return figures


def fixed_width(texts):
    """Return texts as rows of bytes, the shorter ones filled up with NUL."""
    array = np.array(texts, "S")
    return array.view("u1").reshape(len(texts), -1)


class World:
    """The rows of a synthetic file, drawn once and written in any order."""

    def __init__(self, rows, seed=SEED):
        rng = np.random.default_rng(seed)
        calendar = np.arange(google.FIRST_DAY, np.datetime64(google.LAST_DAY) + 1, dtype="M8[D]")
        own, published = indonesia(rng)
        per_scale = sum(number for _, _, number in countries()) * len(calendar)
        heads = list(starts(rng, 1.02 * rows / per_scale))
        at = next(i for i, head in enumerate(heads) if head[:2] > INDONESIA[0].encode())
        figures = drawn(rng, len(heads), len(calendar))
        present = np.ones(figures.shape[:2], "?")
        spare = present.size + len(own) * len(calendar) - rows
        if spare < 0:
            raise ValueError(f"the world has {-spare} rows too few")
        present.flat[rng.choice(present.size, spare, replace=False)] = False
        self.heads = fixed_width(heads[:at] + own + heads[at:])
        self.figures = np.concatenate([figures[:at], published, figures[at:]])
        whole = np.ones(published.shape[:2], "?")
        self.present = np.concatenate([present[:at], whole, present[at:]])
        self.days = fixed_width(np.datetime_as_string(calendar).astype("S"))
        # Cell of every figure with the comma before it, by how far it is above MISSING.
        self.cells = fixed_width(
            ["," + str(n) if n > MISSING else "," for n in range(MISSING, 1000)]
        )
        self.rng = rng

    def block(self, regions, days):
        """Return the rows of some regions and days, one index for each row."""
        kept = self.present[regions, days]
        regions, days = regions[kept], days[kept]
        cells = self.cells[self.figures[regions, days] - MISSING].reshape(len(days), -1)
        ends = np.full((len(days), 1), ord("\n"), "u1")
        padded = np.hstack([self.heads[regions], self.days[days], cells, ends])
        return padded.tobytes().translate(None, b"\0")

    def blocks(self, order):
        """Yield the header and all rows, sorted or scattered."""
        yield HEADER
        regions, days = self.present.shape
        if order == "sorted":
            for region in range(regions):
                yield self.block(np.full(days, region), np.arange(days))
        else:
            for day in self.rng.permutation(days):
                yield self.block(self.rng.permutation(regions), np.full(regions, day))


def write_world(path, rows=ROWS, order="sorted", seed=SEED):
    """Write the file; return its bytes."""
    with Path(path).open("wb") as file:
        return sum(map(file.write, World(rows, seed).blocks(order)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--order", choices=("sorted", "scattered"), default="sorted")
    asked = parser.parse_args()
    print(f"{write_world(asked.file, asked.rows, asked.order):,} bytes")

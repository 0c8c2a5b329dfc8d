"""Who lives where, and how they live."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, flag, number, table, text, whole

_POPULATION = table(
    "context/population_sp2020.csv",
    "Residents counted by the census of 2020 (SP2020).",
    ("region_code",),
    {
        "region_code": code(pattern=r"\d{4}"),
        "male": whole("men and boys", "persons"),
        "female": whole("women and girls", "persons"),
        "total": whole("all residents", "persons", 1),
    },
)

_GRDP = table(
    "context/grdp_per_capita.csv",
    "Gross regional domestic product per head of every kabupaten and kota, 2000 to 2024.",
    ("region_code", "year"),
    {
        "region_code": code(pattern=r"\d{4}"),
        "year": whole("year", "year", 2000),
        "grdp_per_capita": whole(
            "GRDP per head at constant prices of 2010", "thousand rupiah per person", 1000
        ),
        "after_break": flag("divided by the census of 2020, earlier years by older projections"),
        "suspect": text(
            "why the number, given as published, is not what it is called; blank if it is",
            ("", "current_prices", "exchanged_population"),
        ),
    },
)
_PER_CENT = "per cent"
_KABKOTA = table(
    "context/kabkota_2021.csv",
    "Living conditions and output of every kabupaten and kota, 2021.",
    ("region_code",),
    {
        "region_code": code(pattern=r"\d{4}"),
        "poverty_rate": number("residents below the poverty line", _PER_CENT, high=50),
        "schooling_years": number("mean years of schooling", "years", high=15),
        "expenditure": whole(
            "adjusted expenditure per head", "thousand rupiah per person and year", 1000
        ),
        "hdi": number("human development index", "0 to 100", 30, 90),
        "life_expectancy": number("life expectancy at birth", "years", 50, 80),
        "sanitation": number("households with adequate sanitation", _PER_CENT, high=100),
        "safe_water": number("households with adequate drinking water", _PER_CENT, high=100),
        "unemployment_rate": number("open unemployment, of the labour force", _PER_CENT, high=20),
        "participation_rate": number(
            "labour force, of residents of 15 years and over", _PER_CENT, 40, 100
        ),
        "grdp": whole("GRDP at constant prices of 2010", "million rupiah", 100_000),
    },
)
_PROVINCE_SERIES = table(
    "context/province_series.csv",
    "Indicators of provinces and of Indonesia (IDN), 2010 to 2021 or 2022.",
    ("region_code", "indicator", "year"),
    {
        "region_code": code("BPS code of the province; IDN for Indonesia", r"\d{2}|IDN"),
        "indicator": text(
            "hdi: human development index; poverty_rate: residents below the poverty line; "
            "unemployment_rate: open unemployment in August; gini: Gini ratio of expenditure; "
            "grdp_growth: yearly growth of GRDP at constant prices; "
            "fiscal_capacity: index of the finance ministry, mean of the provinces 1",
            (
                "fiscal_capacity",
                "gini",
                "grdp_growth",
                "hdi",
                "poverty_rate",
                "unemployment_rate",
            ),
        ),
        "year": whole("year", "year", 2010),
        "value": number(
            "value; blank where the publisher has none",
            "hdi 0 to 100, gini 0 to 1, fiscal_capacity an index, others per cent",
            low=-20,
            high=100,
            missing=True,
        ),
        "earlier_method": flag("by a method or base that the years after do not share"),
    },
)
_PROVINCE_2021 = table(
    "context/province_2021.csv",
    "Output at current prices, life expectancy and smoking by province, 2021.",
    ("region_code",),
    {
        "region_code": code(pattern=r"\d{2}"),
        "grdp_per_capita_current": whole(
            "GRDP per head at current prices", "thousand rupiah per person", 1000
        ),
        "life_expectancy_male": number("life expectancy at birth, men", "years", 50, 80),
        "life_expectancy_female": number("life expectancy at birth, women", "years", 50, 80),
        "smoking_rate": number("smokers, of residents of 15 years and over", _PER_CENT, high=50),
    },
)
_AREA = table(
    "context/area.csv",
    "Land area of every kabupaten and kota, December 2024.",
    ("region_code",),
    {
        "region_code": code(pattern=r"\d{4}"),
        "area": number("land area", "km2", 5, 50_000),
    },
)
_DUKCAPIL = table(
    "context/population_dukcapil_2024.csv",
    "Residents in the civil registry by sex, second half of 2024.",
    ("region_code",),
    {
        "region_code": code(pattern=r"\d{4}"),
        "male": whole("men and boys", "persons"),
        "female": whole("women and girls", "persons"),
        "total": whole("all residents", "persons", 1),
    },
)
_AGES = table(
    "context/age_java_2020.csv",
    "Residents of the districts of Java by age, projected for 2020 before the census.",
    ("region_code", "age_from"),
    {
        "region_code": code(
            "BPS code of the kab/kota; 31 for DKI Jakarta, 99 for all outside Java", r"\d{4}|31|99"
        ),
        "age_from": whole("youngest age of the five-year group; 75 is 75 and over", "years"),
        "persons": whole("residents", "persons", 1),
    },
)
_PROVINCE_PROJECTION = table(
    "context/population_province_projection.csv",
    "Residents of every province, projected for 2020 from the survey of 2015 (SUPAS).",
    ("region_code",),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "persons": whole("residents, rounded to hundreds", "persons", 1),
    },
)

TABLES: tuple[Schema, ...] = (
    _AGES,
    _PROVINCE_PROJECTION,
    _POPULATION,
    _GRDP,
    _KABKOTA,
    _PROVINCE_SERIES,
    _PROVINCE_2021,
    _AREA,
    _DUKCAPIL,
)
"""Contracts of ``data/raw/context``."""

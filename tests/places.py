"""Places that random events name: divisions where a store stands, regions of agents, and neither.

Units: codes of divisions. Source: events.md "Lines".
"""

# Districts of a city, districts of a province or municipality, cities that have none.
STORE_DIVISIONS = (
    *("440106", "440305", "330106", "450103"),
    *("110101", "500113", "429004", "659001"),
    *("441900", "442000", "460400", "620200"),
)
NO_STORE_DIVISIONS = ("999999", "440100", "440000", "710000", "44010", "天河区")
REGIONS = (
    *(("district", code) for code in STORE_DIVISIONS[:8]),
    *(("city", code) for code in ("440100", "440300", "330100", "450100", "441900", "620200")),
    *(("province", code) for code in ("440000", "330000", "110000", "420000", "650000")),
)
NO_REGIONS = (
    *(("district", "441900"), ("district", "440100"), ("city", "440106")),
    *(("province", "440100"), ("province", "999999"), ("grand_region", "440000")),
    *(("grand_region", "nowhere"), ("city", "429004")),
)
PROVINCES = ("440000", "450000", "330000", "110000", "420000", "650000", "820000")

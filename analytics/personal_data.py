"""Which columns of the reports say something about a person: none; see `agents.personal_data`."""

OF_CONTACTS: dict[str, frozenset[str]] = {}
OF_AGENTS: dict[str, frozenset[str]] = {}
NEUTRAL = {
    "Fact": frozenset({"channel"}),
    "Promise": frozenset({"metric"}),
    "Asked": frozenset({"survey"}),
    "Rated": frozenset({"survey"}),
    "Rollup": frozenset({"dimension", "key", "measure", "packed"}),
    "HourRollup": frozenset({"dimension", "key"}),
    "CalendarVersion": frozenset({"definition"}),
    "Watermark": frozenset({"time_zone"}),
    "KpiTarget": frozenset({"kpi"}),
    # A remark is about the work of a period; who wrote it is a key.
    "Review": frozenset({"kind", "figures", "remark"}),
}

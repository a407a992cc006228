"""The table of results as it stands in a document, between two markers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from benchmarks.speed import OURS

MARKERS = ("<!-- benchmarks: written by make bench -->", "<!-- end of benchmarks -->")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "made": "`make bench`, {made}. Milliseconds to a standard error of 0.1 percentage points, and how "
        "many times as long others take.",
        "head": "| | first answer | other | ms | times the first answer |",
        "reference": "reference workload",
        "one_store": "default market, one store",
        "five_stores": "default market, five stores",
        "plain_at_once": "plain NumPy, all at once",
        "plain_in_blocks": "plain NumPy, in blocks",
        "plain_one_by_one": "plain NumPy, in blocks, creators one by one",
        "error": "Error over replicates, the worst goal: {errors} points.",
        "own_error": "Plain NumPy that draws on to the very error of our first answer, in first answers, in "
        "the order of the table: {sizes}.",
        "inverse": "The budget for a probability of 80 %, in first answers of one goal: {sizes}.",
        "another": "Another prospect on points that the process has made, in first answers: {sizes}.",
        "memory": "Peak memory of the reference workload, MB: {plain} plain at once, {first} first answer.",
        "growth": "Cost against the least, in one run: {growth}.",
        "stores": "stores {sizes}",
        "months": "months {sizes}",
        "offers": "offers under one way of operating {sizes}",
        "ways": "ways of operating x offers of each {sizes}",
        "prospects": "A batch in two processes, prospects a second and MB of the largest process: {sizes}.",
        "and": "; ",
        "of": "{size}: {value}",
    },
    "zh": {
        "made": "`make bench`，{made}。标准误达到 0.1 个百分点所需毫秒数，以及其他做法是它的多少倍。",
        "head": "| | 首次结果 | 对照 | 毫秒 | 是首次结果的倍数 |",
        "reference": "参照模型",
        "one_store": "默认市场，一家店",
        "five_stores": "默认市场，五家店",
        "plain_at_once": "普通 NumPy，一次算完",
        "plain_in_blocks": "普通 NumPy，分块",
        "plain_one_by_one": "普通 NumPy，分块，达人逐个相加",
        "error": "重复试验误差，取最差目标：{errors} 个百分点。",
        "own_error": "普通 NumPy 抽样到与首次结果同样的误差，耗时是首次结果的几倍（按表中次序）：{sizes}。",
        "inverse": "求达到 80% 概率所需的预算，相当于几次单目标首次结果：{sizes}。",
        "another": "同一进程中样本点已生成、换一位客户时，耗时是首次结果的几倍：{sizes}。",
        "memory": "参照模型峰值内存（MB）：普通一次算完 {plain}，首次结果 {first}。",
        "growth": "规模变大时的耗时，以最小规模为 1：{growth}。",
        "stores": "店铺数 {sizes}",
        "months": "月数 {sizes}",
        "offers": "同一运营方式下的方案数 {sizes}",
        "ways": "运营方式 x 每种的方案数 {sizes}",
        "prospects": "两个进程批量测算，每秒条数与最大进程内存 MB：{sizes}。",
        "and": "；",
        "of": "{size}：{value}",
    },
}


def written(document: str, results: Mapping[str, Any], language: str) -> str:
    """The document with the table of these results at its markers; raises ``ValueError`` without them."""
    begin, end = map(re.escape, MARKERS)
    found, count = re.subn(f"{begin}.*?{end}", lambda _: block(results, language), document, flags=re.DOTALL)
    if count != 1:
        raise ValueError("the document has no place for the table of benchmarks")
    return found


def block(results: Mapping[str, Any], language: str) -> str:
    """The markers and all between them."""
    words, loads = _WORDS[language], results["smoothed"]
    comma = "、" if language == "zh" else ", "
    lines = [words["made"].format(made=results["made"]), "", words["head"], "|---|---|---|---|---|"]
    for name, load in loads.items():
        spent, faster = load["milliseconds"], load["times_faster"]
        for other, took in spent.items():
            if other == OURS:
                continue
            ratio = faster[f"{OURS}_than_{other}"]
            cells = (words[name], f"{spent[OURS]:.1f}", words.get(other, other), f"{took:,.0f}", f"{ratio:,}")
            lines.append(f"| {' | '.join(cells)} |")

    def by_load(key: str) -> str:
        found = ((words[name], load[key]) for name, load in loads.items() if key in load)
        return words["and"].join(words["of"].format(size=size, value=value) for size, value in found)

    def plain_at_own_error(load: Mapping[str, Any]) -> str:
        found = load["first_answer_times_faster_at_its_own_error"].items()
        times = [f"{times:,}" for plain, times in found if plain.startswith("plain")]
        return comma.join(times)

    own_error = words["and"].join(
        words["of"].format(size=words[name], value=plain_at_own_error(load)) for name, load in loads.items()
    )
    peak = loads["reference"]["peak_megabytes"]
    memory = {"plain": peak["plain_at_once"], "first": peak[OURS]}
    grown = results["growth"]

    def sizes(found: Mapping[str, Any]) -> str:
        parts = [words["of"].format(size=size, value=value) for size, value in found.items()]
        return comma.join(parts)

    growth = words["and"].join(
        words[name].format(sizes=sizes(grown[name])) for name in ("stores", "months", "offers", "ways")
    )
    batch = {
        size: f"{row['prospects_a_second']} / {row['megabytes']:,}"
        for size, row in grown["prospects"].items()
    }
    said = [
        words["error"].format(errors=by_load("error_over_replicates_pp")),
        words["own_error"].format(sizes=own_error),
        words["inverse"].format(sizes=by_load("budget_for_80_percent_over_first_answer")),
        words["another"].format(sizes=by_load("another_prospect_over_first_answer")),
        words["memory"].format(**memory),
    ]
    said += [words["growth"].format(growth=growth), words["prospects"].format(sizes=sizes(batch))]
    lines += ["", *(f"* {text}" for text in said)]
    return "\n".join((MARKERS[0], *lines, MARKERS[1]))

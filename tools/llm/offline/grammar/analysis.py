"""run_analysis: profile, trend, chart or report of a table: "chart revenue by region from sales.csv"."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from rapidfuzz import fuzz, process

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.said import Said
from tools.llm.offline.words import content_words

TOOL = "run_analysis"

_FILE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:csv|xlsx?|tsv|ods)\b")
_CHART = re.compile(
    r"\b(?:charts?|plots?|graphs?|visuali[sz]e|visuali[sz]ation|diagram|histogram|pie|scatter|bars|bar(?=\s+(?:charts?|graphs?|plots?|diagrams?))|line chart|draw|picture|curve|heat ?map)\b"
)
_REPORT = re.compile(
    r"\b(?:reports?|write-?up|pdf|hand-?out|document it|(?:make|create|write|produce|prepare|give|get|put together)\b.*\b(?:a |an |one )?documents?|in a document|as a document)\b"
)
_TREND = re.compile(
    r"\b(?:trends?|trending|over time|over the (?:year|month|week|quarter|last|past)\w*|month by month|month over month|month-on-month|week by week|week over week|year over year|by month|per month|monthly|weekly|develop(?:ed|ing|ment)?|evolv(?:e|ed|ing)|evolution|grow(?:n|ing|th|s)?|grew|declin(?:e|ed|ing)|going (?:up|down)|gone (?:up|down)|went (?:up|down)|ris(?:e|en|ing)|rose|fall(?:en|ing)?|fell|increas(?:e|ed|ing)|decreas(?:e|ed|ing)|drop(?:ped|ping)?|direction|trajectory|up or down|seasonal\w*|tendency|tendencies|upwards?|downwards?|forecast|slow(?:ing|ed)? down|progress(?:ed|ion)?|chang(?:e|ed|ing) over|heading)\b"
)
_PROFILE = re.compile(
    r"\b(?:explain|contains?|evaluate|highlights|sum up|profile|analy[sz]e|analysis|analy[sz]ing|summar(?:y|ise|ize)|describe|overview|statistics|stats|inspect|examine|explore|crunch|break ?down|look (?:at|into|over|through)|go over|check out|dig into|what(?:'s| is)|tell me about|columns?|rows?|how many rows|numbers|insights?|quality|missing values|average|mean|median|total|sum|process|study|review|evaluate|open|show|understand|run)\b"
)
_STRONG = re.compile(
    r"^(?:re-?)?(?:chart|plot|graph|visuali[sz]e|analy[sz]e|profile|crunch|run (?:an? |the )?(?:\w+ )?(?:analysis|profile|report|trend|numbers)|do (?:an? |the |some )?(?:\w+ )?analysis|draw|make (?:me )?(?:a |an |some |the )?(?:\w+ ){0,2}(?:chart|graph|plot|histogram|diagram)|trend)\b"
)
_QUESTION = re.compile(
    r"^(?:how (?:much|many|often|did|do|does|are|is|was|were|have|has)|which|what(?:'s| is| was| were| are| do| does| did)|who|when|where|is|are|was|were|did|do|does|compare|count|rank|list|top|total|average)\b"
)
_DATA = re.compile(
    r"\b(?:sales|revenues?|numbers|figures|spreadsheets?|tables?|datasets?|data ?sets?|data|csv|excel|xlsx|sheet|columns?|rows?|turnover|profits?|costs?|expenses?|workbook|units|kpis?|metrics|quarter(?:ly)?|regions?|average|median|outliers?|customers?|products?|uploaded?|upload)\b"
)
_MAILISH = re.compile(r"\b(?:e?-?mails?|messages?|inbox|attachments?|attached|from [A-Z]|reply|labels?)\b")
_NOT_QUESTION = frozenset(
    """chart charts plot plots graph graphs visualise visualize visualisation visualization diagram draw report reports write-up
    analyse analyze analysis analysing analyzing profile summary summarise summarize describe overview statistics stats inspect
    examine explore crunch breakdown look into make create run build generate produce prepare show give tell open do see
    file files spreadsheet table dataset data set csv excel sheet numbers figures trend trends need want picture please
    know study review evaluate basic quick short full simple little dig check compute calculate find turn put uploaded upload
    write say says compile understand using use based inside whole""".split()
)
_FILE_WORD = (
    r"(?:file|spreadsheet|table|dataset|data set|data|csv|sheet|workbook|numbers|figures|excel(?: file)?|upload)"
)


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this asks for work on a table."""
    norm = said.norm
    if any(re.search(rf"\b{re.escape(label.lower())} (?:folder|label|tag)\b", norm) for label in facts.labels):
        return None
    file, span = _file(said, facts)
    strong, action = bool(_STRONG.match(norm)), _kind_said(norm)
    certainty = 0.0
    if span is not None and (strong or action or _QUESTION.match(norm)):
        certainty = 0.97
    elif span is not None:
        certainty = 0.75
    elif file and (action or _QUESTION.match(norm)) and not _MAILISH.search(norm):
        certainty = 0.93
    elif strong and not _MAILISH.search(norm):
        certainty = 0.95
    elif _DATA.search(norm) and action and not _MAILISH.search(norm):
        certainty = (
            0.92
            if action != "profile"
            or re.search(
                r"\b(?:data|dataset|data set|spreadsheet|table|csv|excel|numbers|figures|columns?|rows?)\b", norm
            )
            else 0.6
        )
    elif action in ("chart", "report", "trend") and not _MAILISH.search(norm):
        certainty = 0.7 if facts.file or facts.files else 0.4
    return Reading(TOOL, _arguments(said, facts, file, span), certainty) if certainty else None


def fill(said: Said, facts: Facts) -> dict[str, Any]:
    """File, kind and question from any phrasing."""
    file, span = _file(said, facts)
    return _arguments(said, facts, file, span)


def _arguments(said: Said, facts: Facts, file: str, span: tuple[int, int] | None) -> dict[str, Any]:
    arguments: dict[str, Any] = {"kind": _kind(said.norm)}
    if chosen := file or facts.file or (facts.files[0] if len(facts.files) == 1 else ""):
        arguments["file"] = chosen
    rest = said.blanked(span) if span else said
    words = content_words(rest.words().replace("¦", " "), _NOT_QUESTION)
    if words and (len(words) > 1 or words[0].lower() not in _stem_words(arguments.get("file", ""))):
        arguments["question"] = _question(rest)
    return arguments


def _kind(norm: str) -> str:
    return _kind_said(norm) or "profile"


def _kind_said(norm: str) -> str:
    if _REPORT.search(norm):
        return "report"
    if _CHART.search(norm):
        return "chart"
    if _TREND.search(norm):
        return "trend"
    return "profile" if _PROFILE.search(norm) else ""


_LEAD = re.compile(
    r"^(?:please\s+)?(?:(?:i|we)\s+(?=need|want)|i'd\s+like\s+)?(?:(?:chart|plot|graph|visuali[sz]e|draw|analy[sz]e|profile|summari[sz]e|describe|crunch|show|make|create|build|run|give|tell|do|generate|produce|prepare|compute|calculate|find|report|look at|see|need|want|trend)\b\s*)?(?:(?:me|us|out|on)\b\s*)?(?:(?:a|an|the|some|any)\b\s*)?(?:(?:bar|line|pie|quick|short|full|simple|scatter|nice|basic|little|summary)\b\s*)*(?:(?:charts?|plots?|graphs?|reports?|trends?|diagram|histogram|analysis|profile|overview|summary|picture|breakdown|visuali[sz]ation)\b\s*)?(?:(?:of|on|for|about|with|showing|that shows|in|from)\b\s*)?(?:the\b\s*)?"
)
_TAIL = re.compile(
    r"\s+(?:as|in) (?:an? )?(?:(?:bar|line|pie|scatter) )?(?:chart|graph|plot|report|diagram|picture)$|(?<=\w)\s+(?:charts?|graphs?|plots?|diagrams?|reports?|trends?|analysis|overview|histogram|curve)$|(?:\s*\b(?:from|in|of|for|on|using|with|within|based on|out of|inside)\b(?:\s+(?:the|my|our|this|that)\b)?\s*)+$"
)


def _question(rest: Said) -> str:
    """What is asked of the table, without the verb, the kind of picture and the file around it."""
    spoken = Said(rest.typed, rest.norm.replace("¦", " "), rest.begins, rest.ends)
    lead = _LEAD.match(spoken.norm)
    asked = spoken.part(lead.end() if lead else 0)
    tail = _TAIL.search(asked.norm)
    words = (asked.part(0, tail.start()) if tail else asked).words().strip(" ?.!,")
    return words if content_words(words) else ""


def _stem_words(file: str) -> set[str]:
    return {word for word in re.split(r"[\W_]+", PurePath(file).stem.casefold()) if word}


def _file(said: Said, facts: Facts) -> tuple[str, tuple[int, int] | None]:
    """The file named, as its real name where known, and where it was said."""
    if match := _FILE.search(said.norm):
        return _known(said.words(*match.span()), facts), match.span()
    if named := _named_file(said.norm, facts):
        return named
    if match := re.search(
        r"\b(?:this|that|the|my|current|same) (?:file|spreadsheet|table|dataset|data set|csv|sheet|data|excel(?: file)?)\b",
        said.norm,
    ):
        return facts.file, match.span()
    return "", None


def _named_file(norm: str, facts: Facts) -> tuple[str, tuple[int, int] | None] | None:
    """The known file whose name shares most words with the utterance; its stretch only where "file" or the like is said."""
    best: tuple[int, str, list[re.Match[str]]] = (0, "", [])
    for name in facts.files or ((facts.file,) if facts.file else ()):
        words = [word for word in _stem_words(name) if len(word) > 1 and not word.isdigit()]
        hits = [match for word in words if (match := re.search(rf"\b{re.escape(word)}\b", norm))]
        if sum(len(match.group()) > 2 for match in hits) and len(hits) > best[0]:
            best = (len(hits), name, hits)
    if not best[0]:
        return None
    start, end = min(match.start() for match in best[2]), max(match.end() for match in best[2])
    around = re.search(
        rf"(?:\b(?:the|my|our|this|that)\s+)?(?:{_FILE_WORD}\s+(?:of|for|with|called|named|on)\s+(?:the\s+)?)?$",
        norm[:start],
    )
    after = re.match(rf"\s+{_FILE_WORD}\b", norm[end:])
    whole = end - start <= 40 and (after or (around and re.search(_FILE_WORD, around.group())))
    return best[1], (around.start() if around else start, end + (after.end() if after else 0)) if whole else None


def _known(name: str, facts: Facts) -> str:
    choices = {known.casefold(): known for known in facts.files}
    if name.casefold() in choices:
        return choices[name.casefold()]
    near = process.extractOne(name.casefold(), list(choices), scorer=fuzz.ratio, score_cutoff=85)
    return choices[near[0]] if near else name

"""An explanation in words, from its JSON form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rules.facts import COLUMN
from rules.wording import UNKNOWN, fact_text, money
from streams.explain.phrases import PHRASES, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.wording import Language

Told = dict[str, Any]

_COSTS: Final = 4
"""Features of a score that are told, worst first."""
_LIMIT_KEEPS: Final = ("block",)


class Teller:
    """Tells an explanation in one language."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._phrases = PHRASES[language]

    def tell(self, told: Told) -> str:
        """The whole story."""
        lines = [told["cardholder_id"]]
        for story in told["decisions"]:
            lines += ["", *self._story(story)]
        if not told["decisions"]:
            lines += ["", self._phrases["nothing"]]
        end = told["at_the_end"]
        if end is not None:
            lines += ["", self._say("end", as_of=end["as_of"])]
            lines += [f"  {line}" for line in self._facts(end["facts"])]
        return "\n".join(lines)

    def _say(self, phrase: str, **parts: object) -> str:
        return self._phrases[phrase].format(**parts)

    def _word(self, name: str) -> str:
        return word(name, self._language)

    def _fact(self, name: str, number: float | None) -> str:
        if number is None:
            return UNKNOWN[self._language]
        return fact_text(COLUMN[name], number, self._language)

    def _story(self, story: Told) -> Iterator[str]:
        trigger = story["trigger"]
        yield self._say(
            "judged",
            as_of=story["as_of"],
            version=story["rulebook_version"],
            event=trigger["event_id"],
            topic=trigger["topic"],
            partition=trigger["partition"],
            offset=trigger["offset"],
        )
        hits = [rule for rule in story["rules"] if rule["outcome"] == "hit"]
        if hits:
            yield f"  {self._phrases['hit']}"
            for rule in hits:
                yield from self._rule(rule)
        if story["unknown"]:
            yield "  " + self._say("unclear", rules=", ".join(story["unknown"]))
        yield from self._score(story["score"])
        if story["policy"] is not None:
            yield from self._policy(story["policy"])
        yield f"  {self._phrases['records']}"
        for record in story["records"]:
            yield "    " + self._record(record)
        yield f"  {self._phrases['known']}"
        for line in self._facts(story["facts"]):
            yield f"    {line}"

    def _facts(self, facts: Told) -> Iterator[str]:
        for name, number in facts.items():
            if number is not None:
                yield f"{name:<28} {self._fact(name, number)}"
        missing = [name for name, number in facts.items() if number is None]
        if missing:
            yield f"{self._phrases['unknown']}: {', '.join(missing)}"

    def _rule(self, rule: Told) -> Iterator[str]:
        asks = self._say("asks", action=self._word(rule["asks_for"]), severity=rule["severity"])
        yield f"    {rule['id']}: {rule['sentences'].get(self._language) or rule['title']}"
        yield f"      {asks}"
        if rule["legal_basis"] or rule["owner"]:
            yield "      " + self._say("basis", basis=rule["legal_basis"] or "-", owner=rule["owner"] or "-")
        for term in rule["terms"]:
            yield f"      {self._term(term)}"
        for step in rule["steps"]:
            for term in step["terms"]:
                note = self._say("step")
                yield f"      {note} ({self._word(step['asks_for'])}): {self._term(term)}"

    def _term(self, term: Told) -> str:
        seen = ", ".join(f"{name} = {self._fact(name, number)}" for name, number in term["facts"].items())
        return f"{term['term']}: {self._phrases[term['truth']]} [{seen}]"

    def _score(self, score: Told | None) -> Iterator[str]:
        if score is None:
            return
        model = f"{score['model_id']} {score['model_version']}"
        yield "  " + self._say("score", points=score["points"], pd=f"{score['pd']:.2%}", model=model)
        for one in score["contributions"][:_COSTS]:
            value = self._fact(one["feature"], one["value"])
            yield "    " + self._say(
                "cost", feature=one["feature"], value=value, points=f"{one['points']:+.1f}"
            )

    def _policy(self, policy: Told) -> Iterator[str]:
        yield "  " + self._say("policy", version=policy["policy_version"])
        for one in policy["competing"]:
            yield "    " + self._say("competing", rule=one["rule"], action=self._word(one["asks_for"]))
        for one in policy["combinations"]:
            yield "    " + self._say(
                "together",
                rules=", ".join(one["rules"]),
                at_least=one["at_least"],
                action=self._word(one["asks_for"]),
            )
        yield "    " + self._say("wins", action=self._word(policy["target"]))
        if policy["needless"] is not None:
            if policy["needless"] != "alert_only":
                yield "    " + self._say("needless", why=self._word(policy["needless"]))
            return
        if "target_limit" in policy:
            yield from self._amount(policy)

    def _amount(self, policy: Told) -> Iterator[str]:
        if policy["target"] in _LIMIT_KEEPS:
            yield "    " + self._phrases["block"]
        else:
            yield "    " + self._say(
                "amount",
                share=f"{policy['share']:.0%}",
                base=money(policy["base_limit"]),
                target=money(policy["target_limit"]),
                current=money(policy["current_limit"]),
            )
        done = False
        for name, reason in policy["checks"].items():
            result = (
                self._phrases["passes"]
                if reason is None
                else self._say("withholds", reason=self._word(reason))
            )
            if done:
                result = self._phrases["not looked at"]
            if name == "control_group":
                bucket = self._say("bucket", bucket=f"{policy['control_group_bucket']:,}")
                result = f"{result} ({bucket})"
            yield "    " + self._say("check", name=self._word(name), result=result)
            done = done or reason is not None

    def _record(self, record: Told) -> str:
        if record["kind"] == "alert":
            return self._say(
                "alert",
                id=record["id"],
                state=self._word(record["state"]),
                severity=record["severity"],
                codes=", ".join(record["reason_codes"]),
            )
        text = self._say(
            "action",
            id=record["id"],
            action=self._word(record["action"]),
            current=money(record["current_limit"]),
            target=money(record["target_limit"]),
            status=self._word(record["status"]),
        )
        if record["withheld_because"] is not None:
            text += self._say("because", reason=self._word(record["withheld_because"]))
        if record["requires_approval"]:
            text += self._phrases["approval"]
        notice = record["notice"]
        if notice is not None and record["status"] == "requested":
            text += self._say("notice", send_by=notice["send_by"], basis=self._word(notice["basis"]))
        return text

"""The fixed parts of an explanation, in English and Chinese."""
# ruff: noqa: RUF001, E501 - Chinese has its own marks; a sentence is easier to translate in one line

from __future__ import annotations

from typing import Final

from rules.wording import Language

PHRASES: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "judged": "{as_of}: judged by rulebook {version}, because of {event} ({topic}, partition {partition}, offset {offset})",
        "hit": "Rules that were hit",
        "holds": "holds",
        "does not hold": "does not hold",
        "unknown": "unknown",
        "asks": "asks for {action}, {severity}",
        "step": "step",
        "basis": "rests on: {basis}; answered for by: {owner}",
        "unclear": "Could not be judged, something is unknown: {rules}",
        "score": "Score {points} points, probability of default {pd} ({model})",
        "cost": "{feature} ({value}): {points} points",
        "policy": "How the action was found (policy {version})",
        "competing": "{rule} asks for {action}",
        "together": "{rules} together (at least {at_least}) ask for {action}",
        "wins": "the worst wins: {action}",
        "needless": "no action: {why}",
        "amount": "{share} of the limit held when the episode opened ({base}) leaves {target}; now {current}",
        "block": "a block changes no limit; it stops spending",
        "check": "{name}: {result}",
        "passes": "does not withhold",
        "withholds": "withholds it ({reason})",
        "not looked at": "not looked at any more",
        "bucket": "bucket {bucket} of 10,000",
        "records": "What came of it",
        "alert": "alert {id}: {state}, {severity}; reasons {codes}",
        "action": "action {id}: {action}, {current} to {target}, {status}",
        "because": " because of {reason}",
        "approval": "; a person must agree",
        "notice": "; notice to the cardholder by {send_by}, resting on {basis}",
        "end": "At the end of the log ({as_of})",
        "nothing": "Nothing was ever decided.",
        "known": "What was known",
    },
    "zh": {
        "judged": "{as_of}：按规则手册 {version} 评判，触发记录 {event}（{topic}，分区 {partition}，位移 {offset}）",
        "hit": "命中的规则",
        "holds": "成立",
        "does not hold": "不成立",
        "unknown": "未知",
        "asks": "要求{action}，级别 {severity}",
        "step": "加重条件",
        "basis": "依据：{basis}；负责人：{owner}",
        "unclear": "因信息未知而无法判断：{rules}",
        "score": "评分 {points} 分，违约概率 {pd}（{model}）",
        "cost": "{feature}（{value}）：{points} 分",
        "policy": "措施的形成（策略 {version}）",
        "competing": "{rule} 要求{action}",
        "together": "{rules} 同时命中（至少 {at_least} 条），要求{action}",
        "wins": "取最严者：{action}",
        "needless": "无需措施：{why}",
        "amount": "以事件开始时额度（{base}）的 {share} 计，调整后为 {target}；当前额度 {current}",
        "block": "冻结不改变额度，只停止消费",
        "check": "{name}：{result}",
        "passes": "不构成暂缓理由",
        "withholds": "暂缓（{reason}）",
        "not looked at": "不再检查",
        "bucket": "第 {bucket} 组，共 10,000 组",
        "records": "结果",
        "alert": "预警 {id}：{state}，{severity}；原因 {codes}",
        "action": "措施 {id}：{action}，{current} 调为 {target}，{status}",
        "because": "，原因：{reason}",
        "approval": "；须人工批准",
        "notice": "；须于 {send_by} 前通知持卡人，依据：{basis}",
        "end": "记录截止时（{as_of}）",
        "nothing": "从未作出任何决定。",
        "known": "当时已知",
    },
}

WORDS: Final[dict[str, str]] = {
    "alert_only": "仅预警",
    "halve": "额度减半",
    "cut_to_tenth": "额度降至十分之一",
    "block": "冻结卡片",
    "restore": "恢复额度",
    "raise": "提高额度",
    "requested": "已提出",
    "withheld": "暂缓",
    "opened": "新开",
    "escalated": "升级",
    "resolved": "解除",
    "exemption": "豁免",
    "cooldown": "冷静期",
    "control_group": "对照组",
    "breaker": "熔断",
    "floor": "额度下限",
    "own_account": "本账户",
    "bureau": "征信报告",
    "already_requested": "本次事件中已提出同等或更严的措施",
    "no_account": "尚无账户资料",
    "account_closed": "账户已关闭",
    "account_blocked": "卡片已冻结",
    "limit_low_already": "额度已不高于目标",
    "dispute": "争议",
    "hardship": "困难",
    "deceased": "身故",
    "staff_hold": "人工保留",
    "fraud_case": "欺诈案件",
}
"""Names in Chinese; in English they are told with spaces."""


def word(name: str, language: Language) -> str:
    """A name of the contract, as people say it."""
    if language == "zh":
        kind, _, detail = name.partition(":")
        return WORDS.get(kind, kind) + (f"（{WORDS.get(detail, detail)}）" if detail else "")
    return name.replace("_", " ").replace(":", ": ")

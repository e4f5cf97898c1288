"""Everything that can be set, in one frozen object: POSTLOAN_… variables, then a TOML file, then defaults."""

from __future__ import annotations

import os
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX: Final = "POSTLOAN_"
CONFIG: Final = "POSTLOAN_CONFIG"
DEFAULT_FILE: Final = "postloan.toml"
_ALLOWED: Final = (CONFIG,)
_ALLOWED_PREFIX: Final = "POSTLOAN_TEST_"
"""Variables of the test run; a worker that a test starts inherits them."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]*$", max_length=100)]


class SettingsError(ValueError):
    """Settings that cannot be used: which field, where it was set, and why."""


class Settings(BaseSettings):
    """What a worker and the tools must know. Read once at the start with `read_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    kafka_bootstrap: str = "127.0.0.1:9092"
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """May hold a password: `shown_redis_url` does not."""
    redis_cluster: bool = False
    """Whether the URL is that of a node of a Redis Cluster; the others are asked of it."""
    topic_prefix: Name = "postloan."
    lanes: Annotated[int, Field(ge=1, le=10_000)] = 12
    """Partitions of every input topic."""
    group: Annotated[Name, Field(min_length=1)] = "postloan"
    """Kafka consumer group of the workers; transactional ids and Faust's own names begin with it."""
    state_namespace: Annotated[str, Field(pattern=r"^[^{}\s]+$", max_length=100)] = "postloan"
    """What the keys in Redis begin with."""
    replication_factor: Annotated[int, Field(ge=1, le=32)] = 1

    batch_records: Annotated[int, Field(ge=1, le=1_000_000)] = 65_536
    """A batch has no more records of one topic."""
    cache_rows: Annotated[int, Field(ge=1, le=100_000_000)] = 400_000
    """Cardholders that a worker keeps in memory at most; the others are read when records of theirs come."""
    merge_idle_ms: Annotated[int, Field(ge=0, le=600_000)] = 20
    """How long a topic must have been at its end before a lane goes on without it (contract 2.1)."""

    fetches_per_second: Annotated[float, Field(ge=1, le=100_000)] = 200.0
    """How often all lanes of a worker together ask for records while they are not behind."""

    session_seconds: Annotated[float, Field(ge=1, le=300)] = 10.0
    """A worker that Kafka has not heard of for so long loses its lanes to the others."""

    flood_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    """A lane halts when more than this share of the last minute's records are dead letters; 1: never."""
    flood_least: Annotated[int, Field(ge=1)] = 200
    """And at least so many are."""

    health_host: str = "127.0.0.1"
    health_port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    """Of /healthz, /readyz, /health and /metrics; none: not served; 0: any free port, which is told."""

    ticks: bool = True
    """Whether the leader may send ticks; it does so only while the feed is live."""
    tick_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    rulebook: Path | None = None
    """The default rulebook if none."""
    learning: bool = True
    """Whether lanes give lessons, and score with what was learned."""

    unstable_model: Literal["rules", "last_stable", "keep"] = "rules"
    """What lanes do while the model is unstable: rules alone, its last stable snapshot, or go on."""

    all_targets: bool = False
    """Whether models of ten targets are taught side by side and registered. None but the champion decides."""

    checkpoints: str | None = None
    """Folder or URL (as fsspec has them) for checkpoints of the lanes; none are taken if left out."""
    checkpoint_minutes: Annotated[float, Field(gt=0, le=100_000)] = 15.0
    """A lane takes one when its last is so old ..."""
    checkpoint_records: Annotated[int, Field(ge=1)] = 5_000_000
    """... or when it has taken so many records since."""
    checkpoint_keep: Annotated[int, Field(ge=1, le=1_000)] = 3
    """How many of each lane are kept."""

    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @model_validator(mode="after")
    def _cluster_scheme(self) -> Self:
        if self.redis_cluster and self.redis_url.get_secret_value().startswith("unix://"):
            raise ValueError("redis_url: a cluster has no unix:// address")
        return self

    @property
    def shown_redis_url(self) -> str:
        """The URL without its password, to be shown."""
        parts = urlsplit(self.redis_url.get_secret_value())
        if parts.password is None:
            return urlunsplit(parts)
        place = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{place}"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the hook's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file())


def read_settings(**given: Any) -> Settings:
    """The settings of this process. Raises SettingsError that names the field and never its value."""
    _refuse_unknown_variables()
    try:
        return Settings(**given)
    except TOMLDecodeError as error:
        raise SettingsError(f"{_file()}: not TOML: {error}") from None
    except ValueError as error:
        raise SettingsError(_why(error)) from None


def _file() -> Path | None:
    named = os.environ.get(CONFIG)
    if named is not None:
        if not Path(named).is_file():
            raise SettingsError(f"{CONFIG}: there is no file {named}")
        return Path(named)
    return Path(DEFAULT_FILE) if Path(DEFAULT_FILE).is_file() else None


def _refuse_unknown_variables() -> None:
    known = {(PREFIX + name).upper() for name in Settings.model_fields} | set(_ALLOWED)
    for name in sorted(os.environ):
        if (
            name.upper().startswith(PREFIX)
            and name.upper() not in known
            and not name.startswith(_ALLOWED_PREFIX)
        ):
            raise SettingsError(f"{name}: there is no such setting")


def _why(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    if errors is None:
        return str(error)
    lines = []
    for found in errors(include_url=False, include_input=False, include_context=False):
        field = ".".join(str(part) for part in found["loc"])
        told = "there is no such setting" if found["type"] == "extra_forbidden" else found["msg"]
        lines.append(f"{field}: {told}")
    return "\n".join(lines)

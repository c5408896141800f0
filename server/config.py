"""Settings: a TOML file, overruled by YUNKAI_* variables of the environment.

Everything has a default that needs no other service: SQLite and a folder.
"""

import os
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from server.errors import BadSettings

WEB_DIST = Path(__file__).resolve().parent.parent / "web" / "dist"
"""Where `make` builds the pages when the server runs from its source tree."""


def listed(text: str) -> tuple[str, ...]:
    """The items of a setting, which commas separate."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


class Settings(BaseSettings):
    """What an operator decides. Durations are seconds, sizes are bytes."""

    model_config = SettingsConfigDict(env_prefix="YUNKAI_", extra="forbid")

    site: str = Field("yunkai.localhost", pattern=r"^[a-z0-9][a-z0-9.-]{0,99}$")
    """Name of the site in log origins and signed notes; never changes once a log exists."""
    organisation: str = Field("", max_length=48)
    """Whose name the seal bears; it is in the certificates, which are made at the first start and
    stay as they are. Empty: the platform's own name."""
    data: Path = Path("data")
    """Folder of the database, sealed files and keys."""
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    """0 takes a free port, written to `port` in the data folder."""
    public_url: str = ""
    """How browsers reach the site, for links and codes; empty: the address of the server."""
    database: str = ""
    """SQLAlchemy address of an async driver; empty: SQLite in the data folder."""
    passphrase: SecretStr | None = None
    """Protects the site's key files; when absent it is read from `passphrase_file`."""
    passphrase_file: Path | None = None
    """Default: `passphrase` in the data folder, made at the first start."""
    proxies: int = Field(0, ge=0, le=10)
    """Reverse proxies in front: that many of the last addresses in X-Forwarded-For are believed."""
    web: Path = WEB_DIST
    """Folder of the built pages."""

    session_seconds: int = Field(12 * 3600, ge=60)
    login_attempts: int = Field(5, ge=1)
    """Wrong passwords for one name before it has to wait."""
    login_wait_seconds: int = Field(60, ge=1)

    json_limit: int = Field(8 * 1024 * 1024, ge=1024)
    document_limit: int = Field(200 * 1024 * 1024, ge=1024)
    upload_limit: int = Field(600 * 1024 * 1024, ge=1024)
    """Largest sealed envelope whatever a tender's terms say; its padding is up to an eighth."""
    verify_limit: int = Field(2 * 1024**3, ge=1024)

    tick_seconds: float = Field(0.2, gt=0)
    beat_seconds: float = Field(5.0, gt=0)
    presence_grace_seconds: float = Field(20.0, ge=0)
    interruption_seconds: float = Field(5.0, ge=1)
    """A silence of the server longer than this extends running windows."""

    media: str = Field("local", pattern="^(local|janus|off)$")
    """The engine of live media: one of its own, Janus, or none."""
    media_addresses: str = ""
    """Addresses that engines announce to browsers, separated by commas; empty: the machine's own,
    and the loopback too when the server listens there."""
    media_processes: int = Field(1, ge=1, le=64)
    """Processes of the `local` engine that share the rooms."""
    janus: str = ""
    """WebSocket addresses of the Janus nodes, separated by commas."""
    janus_secret: SecretStr = SecretStr("")
    turn: str = ""
    """URLs of the TURN servers, separated by commas."""
    turn_secret: SecretStr = SecretStr("")
    """Their `static-auth-secret`."""
    recordings: Path | None = None
    """Folder of recordings; default: `recordings` in the data folder."""

    tickets_per_address: int = Field(300, ge=0)
    """Tickets and bookings that one address may make in ten minutes; a whole hall may share an
    address. 0 is as many as anybody likes."""
    archive_days: int = Field(30, ge=1, le=3650)
    """A session that is finished and in which nothing happens any more is archived after so many
    days."""
    retention_days: int = Field(10 * 365, ge=1, le=100 * 365)
    """Personal data, materials and recordings of a session are kept for so many days from its
    archiving on, then erased; its log, notices and record stay."""
    unserved_days: int = Field(180, ge=1, le=100 * 365)
    """The same for a booking or ticket that nobody was served for."""

    payments: str = Field("off", pattern="^(sandbox|off)$")
    """Who takes fees: nobody, or a sandbox in which no money moves."""

    log_format: str = Field("text", pattern="^(text|json)$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the file named by YUNKAI_CONFIG."""
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        if file := os.environ.get("YUNKAI_CONFIG"):
            if not Path(file).is_file():
                raise BadSettings(f"no such settings file: {file}")
            sources += (TomlConfigSettingsSource(settings_cls, toml_file=file),)
        return sources

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @property
    def recordings_folder(self) -> Path:
        """Where recordings are written."""
        return self.recordings or self.data / "recordings"

    @property
    def embedded(self) -> bool:
        """Whether the database is the server's own file, so that it migrates at start."""
        return not self.database

    @property
    def database_url(self) -> str:
        """The address SQLAlchemy connects to."""
        return self.database or f"sqlite+aiosqlite:///{self.data.resolve() / 'yunkai.sqlite3'}"

    def read_passphrase(self) -> bytes:
        """The passphrase of the key files; made at the first start when no file was named.

        Raises BadSettings when the named file is missing or empty.
        """
        if self.passphrase is not None:
            return self.passphrase.get_secret_value().encode()
        file = self.passphrase_file or self.data / "passphrase"
        if self.passphrase_file is None and not file.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as fresh:
                fresh.write(os.urandom(32).hex() + "\n")
                fresh.flush()
                os.fsync(fresh.fileno())
        try:
            words = file.read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise BadSettings(f"passphrase file: {problem}") from problem
        if not words:
            raise BadSettings(f"passphrase file {file} is empty")
        return words.encode()

"""A program that signs sealed minutes: host, supervisor or tenderer without a browser."""

from typing import Any

from crypto.acts import ask_to_sign
from crypto.encoding import Json, b64u, unb64u
from crypto.signing import SigningKey
from server.client.api import Api


class Signer:
    """Somebody with a place in the minutes of a room. `key` never leaves this program."""

    def __init__(self, api: Api, room: str, person: str, key: SigningKey | None = None) -> None:
        self.api = api
        self.room = room
        self.person = person
        self.key = key or SigningKey.generate()

    @property
    def path(self) -> str:
        """Where signatures are told of."""
        return f"/api/openings/{self.room}/minutes/signatures"

    async def state(self) -> dict[str, Any]:
        """Who may sign, who has, and who is signing."""
        answer: dict[str, Any] = await self.api.get(self.path)
        return answer

    async def sign(self) -> None:
        """Signs every field that waits for this person. Raises ApiRefused."""
        for each in (await self.state())["fields"]:
            if each["person"] == self.person and each["signed"] is None:
                await self.finish(await self.prepare(each["field"]))

    async def prepare(self, field: str) -> dict[str, Any]:
        """Takes the next revision, with what is to be signed. Raises ApiRefused."""
        request = ask_to_sign(
            opening=self.room,
            person=self.person,
            field=field,
            record=(await self.state())["sha256"],
            key=self.key,
        )
        body: dict[str, Json] = {"field": field, "request": request.to_json()}
        answer: dict[str, Any] = await self.api.post(f"{self.path}/prepare", body)
        return answer

    async def finish(self, prepared: dict[str, Any]) -> None:
        """Hands in the signature. Raises ApiRefused."""
        signature = self.key.sign(unb64u(prepared["attributes"]))
        body: dict[str, Json] = {"lease": prepared["lease"], "signature": b64u(signature)}
        await self.api.post(f"{self.path}/finish", body)

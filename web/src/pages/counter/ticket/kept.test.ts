import { expect, it } from "vitest";
import { readTicket, ticketPath } from "./kept";

const TICKET = { hall: "hall-baoan", number: "A012", code: "012345" };

it("a ticket is read from the address it was put into", () => {
  const path = ticketPath(TICKET);
  expect(path.startsWith("/ticket#")).toBe(true);
  expect(readTicket(path.slice("/ticket".length))).toEqual(TICKET);
});

it.each(["", "#", "#hall=a&number=A012", "#hall=../x&number=A012&code=012345", "#hall=a&number=12&code=012345"])("%j is no ticket", (hash) => {
  expect(readTicket(hash)).toBeNull();
});

import { describe, expect, it } from "vitest";
import { sha256OfBlob } from "./hash";

describe("a file that changed after it was chosen", () => {
  it("is named in the refusal", async () => {
    const file = new File(["text"], "plan.pdf");
    // What browsers do: the slice is made, reading it fails.
    const unreadable = { arrayBuffer: () => Promise.reject(new DOMException("changed", "NotReadableError")) } as Blob;
    file.slice = () => unreadable;
    await expect(sha256OfBlob(file)).rejects.toMatchObject({ code: "file_changed", params: { name: "plan.pdf" } });
  });
});

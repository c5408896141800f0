/** Gives the person a file made in this page. */
export function download(content: Blob | Uint8Array<ArrayBuffer> | string, name: string, type = "application/octet-stream"): void {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}

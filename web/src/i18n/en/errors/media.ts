/** What the browser itself finds wrong with pictures and sound. */
export const media = {
  media_unreachable: "This network doesn't let pictures and sound through directly; trying again. Ask its administrator to allow UDP.",
  media_lost: "The connection for pictures and sound was interrupted; reconnecting.",
};

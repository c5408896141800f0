import { shallowRef } from "vue";

/** What a confirmation says: a question, exactly what will happen, and the words on its buttons. */
export interface Question {
  readonly title: string;
  readonly lines: readonly string[];
  readonly yes: string;
  readonly danger?: boolean;
}

interface Asked extends Question {
  readonly answer: (yes: boolean) => void;
}

export const asked = shallowRef<Asked | null>(null);

/** Asks before what can't be undone; false when the person turns back. */
export function confirm(question: Question): Promise<boolean> {
  asked.value?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (yes) => {
        asked.value = null;
        resolve(yes);
      },
    };
  });
}

import { defineStore } from "pinia";
import { computed, ref } from "vue";
import * as api from "@/http/api";
import { ApiError } from "@/http/errors";
import type { AccountRole, Person } from "@/http/types";

/** Who is logged in. `known` is false until the server has been asked. */
export const useSession = defineStore("session", () => {
  const person = ref<Person | null>(null);
  const known = ref(false);
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    try {
      person.value = await api.me();
      known.value = true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      person.value = null;
      known.value = true;
    }
  }

  /** Asks the server once; later calls wait for the same answer. */
  async function load(): Promise<void> {
    if (known.value) return;
    asking ??= ask().finally(() => {
      asking = null;
    });
    await asking;
  }

  async function login(name: string, password: string): Promise<void> {
    person.value = await api.login(name, password);
    known.value = true;
  }

  async function logout(): Promise<void> {
    await api.logout();
    person.value = null;
  }

  /** The server no longer knows the login. */
  function lost(): void {
    person.value = null;
    known.value = true;
  }

  const is = (role: AccountRole): boolean => person.value?.roles.includes(role) ?? false;
  const agency = computed(() => is("agency"));
  const admin = computed(() => is("admin"));
  const bidder = computed(() => is("bidder"));
  const supervisor = computed(() => is("supervisor"));
  const clerk = computed(() => is("clerk"));
  const manager = computed(() => is("manager"));
  /** Works at counters, or is the applicant of one session: has nothing to do with openings. */
  const counter = computed(() => {
    const roles = person.value?.roles ?? [];
    const applicant = person.value?.room?.startsWith("s-") ?? false;
    return applicant || (roles.length > 0 && roles.every((role) => role === "clerk" || role === "manager"));
  });

  return { person, known, load, login, logout, lost, is, agency, admin, bidder, supervisor, clerk, manager, counter };
});

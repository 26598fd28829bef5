import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";

// The first page of a test loads its modules.
configure({ asyncUtilTimeout: 20_000 });

// What jsdom lacks and the components ask for.
globalThis.matchMedia ??= ((media: string) => ({
  media,
  matches: false,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
})) as never;
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
} as never;
globalThis.scrollTo = (() => {}) as never;
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};

beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", "/console/");
});
afterEach(cleanup);

/** Leaves the console for the page to sign in at, which leads back to `next`. */
export function leaveToSignIn(next: string) {
  location.replace(signInAddress(next));
}

/** Leaves the console for an address elsewhere, which the server has given. */
export function leaveTo(url: string) {
  location.assign(url);
}

export function signInAddress(next: string): string {
  const query = next === "/" ? "" : `?${new URLSearchParams({ next })}`;
  return `${import.meta.env.BASE_URL}sign-in${query}`;
}

/** The console's own pictures: 16 pixels, one stroke, in the colour of the text. None says anything that words beside
 * it, or the name of its button, do not. */
const paths = {
  home: "M2.5 7.5 8 3l5.5 4.5M4 6.5V13h8V6.5",
  instances: "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3",
  services: "M8 2 13.5 5v6L8 14l-5.5-3V5zM2.5 5 8 8l5.5-3M8 8v6",
  recommenders: "M8 2.5l1.7 3.6 3.8.5-2.8 2.7.7 3.9L8 11.3l-3.4 1.9.7-3.9-2.8-2.7 3.8-.5z",
  workspaces: "M2.5 5.5h11v8h-11zM5.5 5.5v-3h5v3",
  images: "M2.5 3h11v10h-11zM2.5 10l3-3 3 3 2-2 3 3",
  keys: "M5.5 13a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM7.3 8.7 13 3M10.5 5.5l2 2",
  admin: "M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z",
  user: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.75 13.5c.8-2.3 2.7-3.5 5.25-3.5s4.45 1.2 5.25 3.5",
  plus: "M8 3v10M3 8h10",
  up: "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
  down: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  first: "M4 3.5v9M12 3.5 7.5 8l4.5 4.5",
  previous: "M10 3.5 5.5 8l4.5 4.5",
  next: "M6 3.5 10.5 8 6 12.5",
  last: "M12 3.5v9M4 3.5 8.5 8 4 12.5",
  close: "M4 4l8 8M12 4l-8 8",
  good: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.5 8.2l1.8 1.8 3.3-3.7",
  bad: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6 6l4 4M10 6l-4 4",
  off: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.5 8h5",
  waiting: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.2l2 1.3",
  passing: "M8 2a6 6 0 1 1-6 6",
} as const;
export type IconName = keyof typeof paths;

export const Icon = ({ name }: { name: IconName }) => (
  <svg className={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { parseSearch, stringifySearch } from "./url";
import { NotFound } from "../pages/not-found";
import { Problem } from "../ui/states";
import { Frame } from "./frame";

const text = (search: Record<string, unknown>) => search as Record<string, string>;
const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, validateSearch: text });
const routes = [
  createRoute({
    getParentRoute: () => root,
    path: "/",
    component: lazyRouteComponent(() => import("../pages/home"), "Home"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/instances",
    component: lazyRouteComponent(() => import("../pages/instances"), "Instances"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/instances/new",
    component: lazyRouteComponent(() => import("../pages/create"), "Create"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/instances/$id",
    beforeLoad: ({ params }) => {
      throw redirect({ to: "/instances/$id/$tab", params: { ...params, tab: "overview" }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/instances/$id/$tab",
    component: lazyRouteComponent(() => import("../pages/instance"), "Instance"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/services",
    component: lazyRouteComponent(() => import("../pages/services"), "Services"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/services/new",
    component: lazyRouteComponent(() => import("../pages/deploy"), "Deploy"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/services/$name",
    beforeLoad: ({ params }) => {
      throw redirect({ to: "/services/$name/$tab", params: { ...params, tab: "overview" }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/services/$name/$tab",
    component: lazyRouteComponent(() => import("../pages/service"), "Service"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/recommenders",
    component: lazyRouteComponent(() => import("../pages/recommenders"), "Recommenders"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/recommenders/$id",
    component: lazyRouteComponent(() => import("../pages/recommender"), "Recommender"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/workspaces",
    component: lazyRouteComponent(() => import("../pages/workspaces"), "Workspaces"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/workspaces/$id",
    component: lazyRouteComponent(() => import("../pages/workspace"), "Workspace"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/images",
    component: lazyRouteComponent(() => import("../pages/images"), "Images"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/keys",
    component: lazyRouteComponent(() => import("../pages/keys"), "Keys"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/admin",
    beforeLoad: () => {
      throw redirect({ to: "/admin/$tab", params: { tab: "users" }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/admin/$tab",
    component: lazyRouteComponent(() => import("../pages/admin"), "Admin"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/admin/users/$name",
    component: lazyRouteComponent(() => import("../pages/admin/user"), "User"),
  }),
];

export const makeRouter = () =>
  createRouter({
    routeTree: root.addChildren(routes),
    basepath: "/console",
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultErrorComponent: ({ error }) => <Problem error={error as Error} retry={() => location.reload()} />,
    scrollRestoration: true,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

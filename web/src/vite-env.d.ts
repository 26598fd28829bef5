declare module "virtual:components.css";

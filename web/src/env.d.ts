// The linter's type checker cannot read components; vue-tsc finds the real files before this.
declare module "*.vue" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent;
  export default component;
}

export function RuleChainPage() {
  return null;
}

/** The page that a web server shows where no site is given. */
import type { Environment, Host } from 'copse'

/** Names come from the definition, whose schema allows no character that HTML could mistake. */
export function indexPage({ ecosystem, name }: Environment, { machine }: Host): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${ecosystem} ${name}</title>
<h1>${ecosystem} ${name}</h1>
<p>served by ${machine}</p>
</html>
`
}

/** Jenkins as a role of one's own: from its own apt source, configured as code, with one pipeline job. */
import {
  aptSource,
  command,
  defineRole,
  directory,
  file,
  pkgs,
  probe,
  type RoleInput,
  secret,
  tcp,
  unit,
  z,
} from 'copse'

const options = z.strictObject({
  /** The armored key that signs Jenkins' packages. */
  key: z.string(),
  /** The release of plugin-installation-manager, and the digest of its jar. */
  pluginManager: z.strictObject({
    version: z.string().regex(/^[\d.]+$/, 'must be a release such as 2.13.2'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest'),
  }),
})

type Input = RoleInput<z.output<typeof options>>

const home = '/var/lib/jenkins'
const cascPath = '/etc/jenkins/casc.yaml'
const pluginsPath = '/etc/jenkins/plugins.txt'
const passwordPath = '/etc/jenkins/admin-password'

export const jenkins = defineRole({
  name: 'jenkins',
  options,
  endpoints: () => ({ page: tcp(8080) }),
  volumes: () => ({ jenkins: home }),
  resources,
  flows: ({ host: { name } }) => [{ from: 'operators', to: `${name}.page` }],
  probes: ({ host }) => [
    probe.unit(host, 'jenkins'),
    probe.http(host, `http://${host.fqdn}:8080/login`),
    // Nobody reads anything without a login.
    probe.http(host, `http://${host.fqdn}:8080/job/hello/`, { status: 403 }),
  ],
})

function resources({ host, options: { key, pluginManager } }: Input) {
  const { version, sha256 } = pluginManager
  const manager = `/usr/local/lib/jenkins-plugin-manager-${version}.jar`
  return [
    aptSource('jenkins', { uris: ['https://pkg.jenkins.io/debian-stable'], suites: ['binary/'], key }),
    // fontconfig: without fonts Java draws nothing, and Jenkins does not start.
    pkgs(`openjdk-${host.debian === 12 ? 17 : 21}-jre-headless`, 'fontconfig', 'git', 'jenkins'),
    directory('/etc/jenkins', { group: 'jenkins', mode: 0o750 }),
    file(passwordPath, {
      content: secret('jenkins-admin', { generate: 32 }),
      group: 'jenkins',
      mode: 0o640,
    }),
    file(cascPath, { content: casc(`http://${host.fqdn}:8080/`) }),
    file(pluginsPath, { content: plugins.map((name) => `${name}\n`).join('') }),
    command(download(manager, version, sha256), {
      name: `download plugin-installation-manager ${version}`,
      creates: manager,
    }),
    command(install(manager), {
      name: 'install the plugins of Jenkins',
      unless: `cmp -s ${pluginsPath} ${home}/copse-plugins.txt`,
    }),
    unit('jenkins', {
      dropIn: `[Service]
Environment="JAVA_OPTS=-Djava.awt.headless=true -Djenkins.install.runSetupWizard=false"
Environment="CASC_JENKINS_CONFIG=${cascPath}"
Environment="JENKINS_PORT=8080"
`,
      restartOn: [cascPath, passwordPath, pluginsPath],
    }),
  ]
}

/** Each may be pinned as `git:5.7.0`; without a version it is the newest that fits. */
const plugins = ['configuration-as-code', 'git', 'job-dsl', 'workflow-aggregator']

function download(manager: string, version: string, sha256: string): string {
  const releases = 'https://github.com/jenkinsci/plugin-installation-manager-tool/releases/download'
  return `new=$(mktemp ${manager}.XXXXXX)
trap 'rm -f "$new"' EXIT
curl -fsSL -o "$new" ${releases}/${version}/jenkins-plugin-manager-${version}.jar
echo "${sha256}  $new" | sha256sum --check --quiet
chmod 0644 "$new"
mv "$new" ${manager}
`
}

/** What was installed is noted beside it, since it outlives its machine. */
function install(manager: string): string {
  return `mkdir -p ${home}/plugins
java -jar ${manager} --war /usr/share/java/jenkins.war --plugin-download-directory ${home}/plugins --plugin-file ${pluginsPath}
chown -R jenkins:jenkins ${home}
cp ${pluginsPath} ${home}/copse-plugins.txt
`
}

/** Configuration as code: who may come in, and what is built. */
function casc(url: string): string {
  return `jenkins:
  numExecutors: 2
  securityRealm:
    local:
      allowsSignup: false
      users:
        - id: admin
          password: "\${readFile:${passwordPath}}"
  authorizationStrategy:
    loggedInUsersCanDoAnything:
      allowAnonymousRead: false
unclassified:
  location:
    url: "${url}"
jobs:
  - script: |
      pipelineJob('hello') {
        definition {
          cps {
            sandbox()
            script("""
              pipeline {
                agent any
                stages {
                  stage('greet') {
                    steps { sh 'echo hello from \\$(hostname)' }
                  }
                }
              }
            """.stripIndent())
          }
        }
      }
`
}

/** The description that an image carries, as the engines want it: a tar archive with metadata.yaml. */
import { arch } from 'node:process'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'

const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }

export async function packMetadata(description: string): Promise<Buffer> {
  const created = Math.floor(Date.now() / 1000)
  const text = `architecture: ${architectures[arch] ?? arch}\ncreation_date: ${created}\nproperties: {os: debian, description: ${description}}\n`
  const tar = pack()
  tar.entry({ name: 'metadata.yaml' }, text)
  tar.finalize()
  return buffer(tar)
}

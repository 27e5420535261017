/** The parts of the engine's answers that copse reads. */
import { z } from 'zod'

const Config = z.record(z.string(), z.string())

export const Server = z.object({
  environment: z.object({
    server_version: z.string(),
    firewall: z.string().optional(),
  }),
})

export const Instance = z.object({
  name: z.string(),
  status: z.string(),
  config: Config,
  devices: z.record(z.string(), Config),
  /** When it was last started, as ISO 8601; 1970 where it never was. */
  last_used_at: z.string().optional(),
})
export type Instance = z.output<typeof Instance>

/** All of an instance that can be written back. */
export const WholeInstance = z.object({
  architecture: z.string(),
  config: Config,
  devices: z.record(z.string(), Config),
  description: z.string(),
  ephemeral: z.boolean(),
  profiles: z.array(z.string()),
  stateful: z.boolean(),
})

export const Instances = z.array(Instance)

export const Network = z.object({
  name: z.string(),
  managed: z.boolean(),
  config: Config,
  used_by: z.array(z.string()).nullish(),
})
export type Network = z.output<typeof Network>

export const Networks = z.array(Network)

/** A list of what there is, by path; an engine says null where nothing is. */
export const Paths = z.array(z.string()).nullable()

export const Pool = z.object({
  name: z.string(),
  driver: z.string(),
  config: Config,
  used_by: z.array(z.string()).nullish(),
})
export type Pool = z.output<typeof Pool>

export const Volume = z.object({ name: z.string(), config: Config })

export const Volumes = z.array(Volume)

export const Image = z.object({ fingerprint: z.string(), properties: Config.nullish() })
export type Image = z.output<typeof Image>

export const Images = z.array(Image)

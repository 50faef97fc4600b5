import { readdir } from 'node:fs/promises';
import { isAbsolute, parse, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Handler, isHandler } from '@kodama/handler-kit';
import type { Environment } from '@kodama/shared/config';
import type { z } from 'zod';
import { gatewayFields } from './config.ts';

/** A gateway's handlers, before its configuration is read. */
export interface LoadedHandlers {
  readonly handlers: readonly Handler[];
  /** The environment variables that they take: to go into the service's schema, after its own fields. */
  readonly fields: Readonly<Record<string, z.ZodType>>;
}

/**
 * Finds the handlers: each file of `handlers/` has one, under its own name, and the modules that `HANDLER_MODULES` names have
 * any number. A module that cannot be loaded is a problem of the environment: it is found when the configuration is read.
 *
 * @throws Error for a file of ours that holds no handler of its name
 */
export async function loadHandlers(env: Environment): Promise<LoadedHandlers> {
  const handlers = await ownHandlers();
  const { HANDLER_MODULES: modules } = gatewayFields;
  const problems: string[] = [];
  for (const module of modules.safeParse(env.HANDLER_MODULES || undefined).data ?? []) {
    try {
      const found = handlersIn(await importModule(module));
      if (found.length === 0) problems.push(`${module}: exports no handler`);
      for (const handler of found) {
        if (handlers.has(handler.name)) problems.push(`${module}: there is a handler ${handler.name} already`);
        else handlers.set(handler.name, handler);
      }
    } catch (error) {
      problems.push(`${module}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const fields = fieldsOf(handlers, problems);
  const checked = modules.refine(() => problems.length === 0, { error: problems.join('; ') });
  return { handlers: [...handlers.values()], fields: { ...fields, HANDLER_MODULES: checked } };
}

async function ownHandlers(): Promise<Map<string, Handler>> {
  const folder = new URL('./handlers/', import.meta.url);
  const handlers = new Map<string, Handler>();
  for (const file of (await readdir(folder)).sort()) {
    // Beside them are their tests, and in a build their maps and types.
    if (!/^[a-z0-9-]+\.[jt]s$/.test(file)) continue;
    const [handler, ...others] = handlersIn(await import(new URL(file, folder).href));
    const { name } = parse(file);
    if (handler?.name !== name || others.length > 0) {
      throw new Error(`handlers/${file} must export one handler, made by defineHandler, with the name ${name}`);
    }
    handlers.set(name, handler);
  }
  return handlers;
}

function importModule(module: string): Promise<object> {
  const isPath = module.startsWith('.') || isAbsolute(module);
  return import(isPath ? pathToFileURL(resolve(module)).href : module);
}

function handlersIn(module: object): Handler[] {
  return Object.values(module).filter(isHandler);
}

function fieldsOf(handlers: ReadonlyMap<string, Handler>, problems: string[]): Record<string, z.ZodType> {
  const fields: Record<string, z.ZodType> = {};
  for (const { name, settings = {} } of handlers.values()) {
    for (const [variable, type] of Object.entries(settings)) {
      // Two handlers may share a variable, but not one of ours, and not with two meanings.
      if (variable in gatewayFields || (fields[variable] ?? type) !== type) {
        problems.push(`handler ${name}: ${variable} is taken`);
      } else {
        fields[variable] = type as z.ZodType;
      }
    }
  }
  return fields;
}

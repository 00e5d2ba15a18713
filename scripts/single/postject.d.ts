declare module 'postject' {
  interface Options {
    readonly machoSegmentName?: string;
    readonly sentinelFuse?: string;
  }
  /** Puts a resource into a program (ELF, Mach-O or PE), in place. */
  export function inject(program: string, name: string, resource: Buffer, options?: Options): Promise<void>;
}

/** What may still be spent on checking the signatures of one container. */
export interface Work {
  /** Takes it, or says that there isn't so much left; from then on there is nothing left. */
  readonly spend: (bytes: number) => boolean;
  readonly isExceeded: () => boolean;
}

/** So many bytes may be hashed; what takes time otherwise is counted as the bytes that could be hashed meanwhile. */
export function boundedWork(bytes: number): Work {
  let left = bytes;
  return {
    spend: (cost) => {
      left = cost > left ? -1 : left - cost;
      return left >= 0;
    },
    isExceeded: () => left < 0,
  };
}

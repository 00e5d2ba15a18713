/** What the control plane is made of; the pins of the Go build are in `go/go.mod` and `go/go.sum`. */
export const KUBERNETES_VERSION = 'v1.37.2';

/** The newest official archive of the test control plane, one minor behind the Go build. */
export const ENVTEST_VERSION = 'v1.36.2';

export const ENVTEST_BASE = 'https://github.com/kubernetes-sigs/controller-tools/releases/download';

/** SHA-512 of the official archives by `<os>-<arch>`, from the project's release index. */
export const ENVTEST_SHA512: Readonly<Record<string, string>> = {
  'linux-amd64':
    'ea743186c8a799f5cf8faf16969f86189d003cb7d130e0ac4b58789f1e5748dcf30ebe91c837a10d5ac415383da3e10b9e64d65785c938c23e739781cfb76f08',
  'linux-arm64':
    '2d72ee985a8e262a3c57dc9f7f0fd891f6a8c7bf7ebaa2db6dc6d8eac8ae28181afe51c1f368b67756cdb40b10de9b205609e1726e5f27f7c6d824dd9c6649ac',
  'darwin-amd64':
    'b4fe9f973cd1992e3880f8b230ed32c0c243b83371591e3e3315f4404df2cdbef8ee94eeb9bb245b7e5feb987d5c4a76c43e0877654ab73f00d7bbc2b9984514',
  'darwin-arm64':
    '9278f9e5af556b2f1f2d139769c1f0d717c7b4426917fdebdba898bcb725a916e4910d6160886194ff9be9589ea7c5c32c2b8ae0754703874b7c8ba8ddfc41ce',
};

/** The programs that every source has to provide. */
export const PROGRAMS = ['etcd', 'kube-apiserver', 'kubectl'] as const;
export type Program = (typeof PROGRAMS)[number];

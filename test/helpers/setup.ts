import nock from 'nock';

// A forgotten mock must fail loudly instead of leaving the machine; simulators and stubs live on loopback.
nock.disableNetConnect();
nock.enableNetConnect(/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/);

/** Guest memory: address spaces, pages and their permissions. */
@NullMarked
package org.kernelentry.machine.memory;

import org.jspecify.annotations.NullMarked;

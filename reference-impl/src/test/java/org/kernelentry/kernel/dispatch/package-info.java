@NullMarked
package org.kernelentry.kernel.dispatch;

import org.jspecify.annotations.NullMarked;

package org.kernelentry.runner.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kernelentry.runner.steps.Script.Row;
import org.kernelentry.runner.system.Guest;
import org.kernelentry.runner.system.Stop;
import org.mockito.InOrder;

final class ScriptTests {
    private static final Stop FORK = new Stop("main", "event fork");
    private static final Stop CHILD = new Stop("child", "stop");
    private static final Stop GONE = new Stop("child", "exited 0");

    private final Guest guest = mock(Guest.class);
    private final List<Stop> witnessed = new ArrayList<>();

    private List<Row> run(final List<Map<String, String>> table) {
        return new Script(guest, (action, stop) -> witnessed.add(stop)).run(table);
    }

    private static Map<String, String> row(final String action, final String sees) {
        return Map.of("do", action, "sees", sees);
    }

    private static List<Map<String, String>> fork() {
        return List.of(row("CONT", "event fork"), row("", "child: stop"), row("CONT", "child: exited 0"));
    }

    @Test
    void reportsOfTwoTasksMayComeInEitherOrder() {
        when(guest.await()).thenReturn(CHILD, FORK, GONE);
        assertThat(run(fork())).hasSize(3).allMatch(Row::matches);
        assertThat(witnessed).containsExactly(FORK, CHILD, GONE);
        final InOrder order = inOrder(guest);
        order.verify(guest).resume("CONT", 0);
        order.verify(guest, times(2)).await();
        // The next action is for the task whose report the table has last.
        order.verify(guest).select("child");
        order.verify(guest).resume("CONT", 0);
        order.verify(guest).await();
    }

    @Test
    void inTheOrderOfTheTableNothingIsSelected() {
        when(guest.await()).thenReturn(FORK, CHILD, GONE);
        assertThat(run(fork())).hasSize(3).allMatch(Row::matches);
        verify(guest, never()).select("child");
    }

    @Test
    void reportsOfOneTaskComeInTheirOrder() {
        when(guest.await()).thenReturn(new Stop("main", "stop"), FORK);
        final List<Row> rows = run(List.of(row("CONT", "event fork"), row("", "stop")));
        assertThat(rows).singleElement().matches(each -> !each.matches() && "stop".equals(each.seen()));
    }

    @Test
    void whatIsExpectedOnlyAfterAnActionIsNotExpectedBefore() {
        when(guest.await()).thenReturn(GONE);
        final List<Row> rows = run(fork());
        assertThat(rows).singleElement().matches(each -> "child: exited 0".equals(each.seen()));
    }
}

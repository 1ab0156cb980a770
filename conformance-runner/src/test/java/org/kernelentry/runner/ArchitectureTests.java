package org.kernelentry.runner;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kernelentry.machine.Isa;

/** The rules of docs/adr/0002 about who may know whom, over the classes of all modules the runner is built from. */
@Execution(ExecutionMode.CONCURRENT)
final class ArchitectureTests {

    private static final String ROOT = "org.kernelentry.";

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.kernelentry");

    @ParameterizedTest
    @ValueSource(strings = {"machine", "isa", "kernel", "notation"})
    void the_reference_knows_no_architecture(String part) {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + part + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "x86..", ROOT + "arm64..", ROOT + "arm..", ROOT + "runner.."));
    }

    @ParameterizedTest
    @CsvSource({"x86, arm64, arm", "arm64, x86, arm", "arm, x86, arm64"})
    void the_architectures_do_not_know_each_other(String one, String other, String third) {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + one + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + other + "..", ROOT + third + ".."));
    }

    @Test
    void the_kernel_knows_a_cpu_only_through_the_seam_and_guest_memory() {
        check(noClasses()
                .that(resideInAPackage(ROOT + "kernel..").and(resideOutsideOfPackages(ROOT + "kernel.arch")))
                .should()
                .dependOnClassesThat(areOursButOutside(ROOT + "kernel..", ROOT + "machine", ROOT + "machine.memory")));
    }

    /** The port is where an architecture is plugged in whole, so it names the assembler's interface too. */
    @Test
    void the_port_of_an_architecture_knows_the_assembler_besides() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "kernel.arch")
                .should()
                .dependOnClassesThat(areOursButOutside(
                        ROOT + "kernel..", ROOT + "machine", ROOT + "machine.memory", ROOT + "machine.asm")));
    }

    private static DescribedPredicate<JavaClass> areOursButOutside(String... packages) {
        return resideInAPackage("org.kernelentry..").and(resideOutsideOfPackages(packages));
    }

    @Test
    void the_machine_knows_only_itself() {
        check(classes()
                .that()
                .resideInAPackage(ROOT + "machine..")
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackages("org.kernelentry..")
                        .or(resideInAnyPackage(ROOT + "machine.."))
                        .as("are the machine's own or a library's")));
    }

    /** Which one it runs an engine could only ask by name: all else that it learns about instructions is the intermediate form. */
    @Test
    void an_engine_does_not_ask_for_the_instruction_set() {
        check(noClasses()
                .that()
                .resideInAnyPackage(ROOT + "machine.engine..", ROOT + "machine.translate..")
                .should()
                .callMethod(Isa.class, "name"));
    }

    /** No value of an operation is computed in an engine's own way: the form's package has one place for what Java's operators do not say. */
    @Test
    void the_intermediate_form_knows_no_engine() {
        check(noClasses()
                .that()
                .resideInAPackage(ROOT + "machine.ir..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "machine.engine..", ROOT + "machine.translate.."));
    }

    @Test
    void a_shared_instruction_set_knows_only_the_machine() {
        check(classes()
                .that()
                .resideInAPackage(ROOT + "isa..")
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackages("org.kernelentry..")
                        .or(resideInAnyPackage(ROOT + "isa..", ROOT + "machine.."))
                        .as("are its own, the machine's or a library's")));
    }

    @Test
    void nobody_depends_on_the_runner() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "runner..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "runner.."));
    }

    @Test
    void the_parts_of_the_project_form_no_cycle() {
        check(slices().matching(ROOT + "(*)..").should().beFreeOfCycles());
    }

    @Test
    void every_package_is_null_marked() {
        var unmarked = new TreeSet<String>();
        for (JavaClass each : PRODUCTION) {
            JavaPackage home = each.getPackage();
            if (!home.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(home.getName());
            }
        }
        assertThat(unmarked)
                .as("packages without a package-info that says @NullMarked")
                .isEmpty();
    }

    @Test
    void the_rules_see_the_classes_of_every_module_below_the_runner() {
        var seen = new TreeSet<String>();
        for (JavaClass each : PRODUCTION) {
            String inside = each.getPackageName().substring(ROOT.length());
            seen.add(inside.contains(".") ? inside.substring(0, inside.indexOf('.')) : inside);
        }
        assertThat(seen).containsExactly("arm", "arm64", "isa", "kernel", "machine", "notation", "runner", "x86");
    }

    private static void check(ArchRule rule) {
        rule.check(PRODUCTION);
    }
}

// Made by scripts/types.mjs out of /openapi.json: not for editing.
export interface paths {
    "/api/v1/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the workspaces the caller is a member of. */
        get: operations["ListWorkspaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/instance/{InstanceId}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Returns samples of one metric. */
        get: operations["GetInstanceMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the instances the caller may see. */
        get: operations["ListInstances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/instances/{InstanceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Returns one instance. */
        get: operations["GetInstance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/instances/{InstanceId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Returns what happened. */
        get: operations["GetInstanceEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/instances/{InstanceId}/lifecycle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Returns the states an instance went through, by session. */
        get: operations["GetLifecycle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/instances/{InstanceId}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Starts a stopped or failed instance. */
        put: operations["StartInstance"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/instances/{InstanceId}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Stops an instance; its files stay. */
        put: operations["StopInstance"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/systemlogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists events and output of an instance. */
        get: operations["ListSystemLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/instances/{InstanceId}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Has the idle time of a running instance begin anew. */
        post: operations["ExtendInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    ListWorkspaces: {
        parameters: {
            query?: {
                /** @description Id: ids only. Comma list. */
                Fields?: string;
                /** @description Accepted; there is one module, PAI. */
                ModuleList?: string;
                /** @description Default GetWorkspaces. */
                Option?: "GetWorkspaces" | "GetResourceLimits";
                /** @description Default ASC. */
                Order?: "ASC" | "DESC";
                /** @description From 1. */
                PageNumber?: number;
                /** @description Entries of a page. */
                PageSize?: number;
                /** @description Exact; no workspace of this server is in a resource group. */
                ResourceGroupId?: string;
                /** @description Default GmtCreateTime. */
                SortBy?: "GmtCreateTime" | "GmtModifiedTime";
                /** @description Exact. */
                Status?: "ENABLED" | "INITIALIZING" | "FAILURE" | "DISABLED" | "FROZEN" | "UPDATING";
                /** @description Workspaces this user is a member of. */
                UserId?: string;
                /** @description Show details as well. */
                Verbose?: boolean;
                /** @description Any of these ids. Comma list. */
                WorkspaceIds?: string;
                /** @description Exact. */
                WorkspaceName?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        RequestId?: string;
                        ResourceLimits?: Record<string, never>;
                        /** Format: int64 */
                        TotalCount?: number;
                        Workspaces?: {
                            AdminNames: string[];
                            Creator: string;
                            Description: string;
                            DisplayName: string;
                            EnvTypes: string[];
                            ExtraInfos: Record<string, never>;
                            GmtCreateTime: string;
                            GmtModifiedTime: string;
                            IsDefault: boolean;
                            resourceGroupId: string;
                            Status: string;
                            WorkspaceId: string;
                            WorkspaceName: string;
                        }[];
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    GetInstanceMetrics: {
        parameters: {
            query: {
                /** @description Default: now. */
                EndTime?: string;
                MetricType: "GpuCoreUsage" | "GpuMemoryUsage" | "CpuCoreUsage" | "MemoryUsage" | "NetworkInputRate" | "NetworkOutputRate" | "DiskReadRate" | "DiskWriteRate";
                /** @description Default: one hour before EndTime. */
                StartTime?: string;
                /** @description Number and s, m, h or d: 15m. Default: every sample. */
                TimeStep?: string;
            };
            header?: never;
            path: {
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code?: string | null;
                        /** Format: int32 */
                        HttpStatusCode?: number;
                        InstanceId?: string;
                        Message?: string | null;
                        PodMetrics?: {
                            Metrics: {
                                /** Format: int64 */
                                Time: number;
                                Value: number;
                            }[];
                            PodId: string;
                        }[];
                        RequestId?: string;
                        Success?: boolean;
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    ListInstances: {
        parameters: {
            query?: {
                AcceleratorType?: "CPU" | "GPU";
                Accessibility?: "PRIVATE" | "PUBLIC";
                /** @description Inclusive. */
                CreateTimeAfter?: string;
                /** @description Inclusive. */
                CreateTimeBefore?: string;
                CreateUserId?: string;
                GpuType?: string;
                ImageName?: string;
                /** @description Comma list. */
                InstanceId?: string;
                /** @description Part of the name, whatever its case. */
                InstanceName?: string;
                /** @description Up to four pairs, all must match. JSON object as text. */
                Labels?: string;
                /** @description 1000 is one vCPU. Decimal text, not negative. */
                MaxCpu?: string;
                /** @description 1000 is one GPU. Decimal text, not negative. */
                MaxGpu?: string;
                /** @description GB of one GPU. Decimal text, not negative. */
                MaxGpuMemory?: string;
                /** @description GB. Decimal text, not negative. */
                MaxMemory?: string;
                /** @description 1000 is one vCPU. Decimal text, not negative. */
                MinCpu?: string;
                /** @description 1000 is one GPU. Decimal text, not negative. */
                MinGpu?: string;
                /** @description GB of one GPU. Decimal text, not negative. */
                MinGpuMemory?: string;
                /** @description GB. Decimal text, not negative. */
                MinMemory?: string;
                /** @description Default DESC. */
                Order?: "ASC" | "DESC";
                OversoldInfo?: "ForbiddenQuotaOverSold" | "ForceQuotaOverSold" | "PendingQuotaOverSold";
                OversoldType?: "ForceQuotaOverSold" | "AcceptQuotaOverSold" | "ForbiddenQuotaOverSold";
                PageNumber?: number;
                PageSize?: number;
                PaymentType?: "PayAsYouGo" | "Subscription";
                /** @description Omitted: pay-as-you-go instances only. ALL: every instance. */
                ResourceId?: string;
                /** @description Default GmtModifiedTime. */
                SortBy?: "Priority" | "GmtCreateTime" | "GmtModifiedTime" | "gmtCreate" | "gmtModified";
                /** @description Comma list of Creating,ResourceAllocating,EnvPreparing,Queuing,Starting,Running,Updating,Saving,Saved,SaveFailed,Stopping,Stopped,Recovering,Failed,Deleting. */
                Status?: string;
                /** @description Up to four of {Key, Value}, all must match. JSON array of objects as text. */
                Tag?: string;
                /** @description Omitted: the caller's default workspace. ALL: every workspace. */
                WorkspaceId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code?: string | null;
                        /** Format: int32 */
                        HttpStatusCode?: number;
                        Instances?: {
                            AcceleratorType: string;
                            Accessibility: string;
                            /** Format: int64 */
                            AccumulatedRunningTimeInMs: number;
                            Affinity: {
                                CPU: {
                                    Enable: boolean;
                                };
                            };
                            CloudDisks: {
                                Capacity: string;
                                MountPath: string;
                                Path: string;
                                SubType: string;
                            }[];
                            CredentialConfig: {
                                AliyunEnvRoleKey: string;
                                Configs: {
                                    Key: string;
                                    Roles: {
                                        AssumeRoleFor: string;
                                        Policy: string;
                                        RoleArn: string;
                                        RoleType: string;
                                        UserInfo: {
                                            AccessKeyId: string;
                                            Id: string;
                                            SecurityToken: string;
                                            Type: string;
                                        };
                                    }[];
                                    Type: string;
                                }[];
                                Enable: boolean;
                            };
                            Datasets: {
                                DatasetId: string;
                                DatasetVersion: string;
                                Dynamic: boolean;
                                MountAccess: string;
                                MountPath: string;
                                Options: string;
                                OptionType: string;
                                Uri: string;
                            }[];
                            Driver: string;
                            DynamicMount: {
                                Enable: boolean;
                                MountPoints: {
                                    Options: string;
                                    RootPath: string;
                                }[];
                            };
                            EcsSpec: string;
                            EnvironmentVariables: {
                                [key: string]: string;
                            };
                            GmtCreateTime: string;
                            GmtModifiedTime: string;
                            IdleInstanceCuller?: {
                                /** Format: int32 */
                                CpuPercentThreshold: number;
                                /** Format: int32 */
                                GpuPercentThreshold?: number;
                                /** Format: int64 */
                                IdleTimeInMinutes: number;
                                InstanceId: string;
                                /** Format: int64 */
                                MaxIdleTimeInMinutes: number;
                            };
                            ImageAuth: string;
                            ImageId: string;
                            ImageName: string;
                            ImageUrl: string;
                            InstanceId: string;
                            InstanceName: string;
                            InstanceShutdownTimer?: {
                                DueTime: string;
                                GmtCreateTime: string;
                                GmtModifiedTime: string;
                                InstanceId: string;
                                /** Format: int64 */
                                RemainingTimeInMs: number;
                            };
                            InstanceSnapshotList: {
                                GmtCreateTime: string;
                                GmtModifiedTime: string;
                                ImageId: string;
                                ImageName: string;
                                ImageUrl: string;
                                ReasonCode: string;
                                ReasonMessage: string;
                                RepositoryUrl: string;
                                Status: string;
                            }[];
                            InstanceUrl: string;
                            JupyterlabUrl: string;
                            Labels: {
                                Key: string;
                                Value: string;
                            }[];
                            LatestSnapshot?: {
                                GmtCreateTime: string;
                                GmtModifiedTime: string;
                                ImageId: string;
                                ImageName: string;
                                ImageUrl: string;
                                ReasonCode: string;
                                ReasonMessage: string;
                                RepositoryUrl: string;
                                Status: string;
                            };
                            OversoldInfo: string;
                            OversoldType: string;
                            PaymentType: string;
                            /** Format: int64 */
                            Priority: number;
                            ReasonCode: string;
                            ReasonMessage: string;
                            RequestedResource: {
                                CPU: string;
                                GPU: string;
                                GPUType: string;
                                Memory: string;
                                SharedMemory: string;
                            };
                            ResourceId: string;
                            ResourceName: string;
                            ServiceConfig: {
                                CodeServerAuth: string;
                                CodeServerPassword: string;
                                JupyterServerAuth: string;
                                JupyterServerPassword: string;
                            };
                            Status: string;
                            Tags: {
                                TagKey: string;
                                TagValue: string;
                            }[];
                            TenantId: string;
                            TerminalUrl: string;
                            UserId: string;
                            UserName: string;
                            UserVpc: {
                                BandwidthLimit: {
                                    EgressRate: string;
                                    EgressWhitelists: string[];
                                    IngressRate: string;
                                    IngressWhitelists: string[];
                                };
                                DefaultRoute: string;
                                ExtendedCIDRs: string[];
                                ForwardInfos: {
                                    AccessType: string[];
                                    ConnectInfo: {
                                        Internet: {
                                            Endpoint: string;
                                            Port: string;
                                        };
                                        Intranet: {
                                            Endpoint: string;
                                            Port: string;
                                        };
                                        Message: string;
                                        Phase: string;
                                    };
                                    ContainerName: string;
                                    EipAllocationId: string;
                                    Enable: boolean;
                                    ExternalPort: string;
                                    ForwardPort: string;
                                    Name: string;
                                    NatGatewayId: string;
                                    NlbGatewayId: string;
                                    SSHPublicKey: string;
                                }[];
                                Ip: string;
                                SecurityGroupId: string;
                                VpcId: string;
                                VSwitchId: string;
                            };
                            WebIDEUrl: string;
                            WorkspaceId: string;
                            WorkspaceName: string;
                            WorkspaceSource: string;
                        }[];
                        Message?: string | null;
                        MigrationOptions?: Record<string, never>;
                        RequestId?: string;
                        Success?: boolean;
                        /** Format: int64 */
                        TotalCount?: number;
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    GetInstance: {
        parameters: {
            query?: {
                /** @description Top-level fields to return; InstanceId and the envelope always come. Comma list. */
                Fields?: string;
                /** @description Sharing token of GetToken. */
                Token?: string;
            };
            header?: never;
            path: {
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        AcceleratorType?: string;
                        Accessibility?: string;
                        AccessRestrictionRules?: {
                            [key: string]: string;
                        };
                        /** Format: int64 */
                        AccumulatedRunningTimeInMs?: number;
                        Affinity?: {
                            CPU: {
                                Enable: boolean;
                            };
                        };
                        CloudDisks?: {
                            Capacity: string;
                            MountPath: string;
                            Path: string;
                            Status: {
                                /** Format: int64 */
                                Available: number;
                                /** Format: int64 */
                                Capacity: number;
                                /** Format: int64 */
                                Usage: number;
                            };
                            SubType: string;
                        }[];
                        Code?: string | null;
                        CredentialConfig?: {
                            AliyunEnvRoleKey: string;
                            Configs: {
                                Key: string;
                                Roles: {
                                    AssumeRoleFor: string;
                                    Policy: string;
                                    RoleArn: string;
                                    RoleType: string;
                                    UserInfo: {
                                        AccessKeyId: string;
                                        Id: string;
                                        SecurityToken: string;
                                        Type: string;
                                    };
                                }[];
                                Type: string;
                            }[];
                            Enable: boolean;
                        };
                        Datasets?: {
                            ActualMountAccess: string;
                            DatasetId: string;
                            DatasetVersion: string;
                            Dynamic: boolean;
                            MountAccess: string;
                            MountPath: string;
                            Options: string;
                            OptionType: string;
                            Uri: string;
                        }[];
                        DockerConfig?: {
                            /** Format: int64 */
                            ContainersLimit: number;
                            Enable: boolean;
                            MountAccessConfigPath: string;
                        };
                        Driver?: string;
                        DynamicMount?: {
                            Enable: boolean;
                            MountPoints: {
                                Options: string;
                                RootPath: string;
                            }[];
                        };
                        EcsSpec?: string;
                        EnvironmentVariables?: {
                            [key: string]: string;
                        };
                        GmtCreateTime?: string;
                        GmtModifiedTime?: string;
                        /** Format: int32 */
                        HttpStatusCode?: number;
                        IdleInstanceCuller?: {
                            /** Format: int32 */
                            CpuPercentThreshold: number;
                            /** Format: int32 */
                            GpuPercentThreshold?: number;
                            /** Format: int64 */
                            IdleTimeInMinutes: number;
                            InstanceId: string;
                            /** Format: int64 */
                            MaxIdleTimeInMinutes: number;
                        };
                        ImageAuth?: string;
                        ImageId?: string;
                        ImageName?: string;
                        ImageUrl?: string;
                        InstanceId?: string;
                        InstanceName?: string;
                        InstanceShutdownTimer?: {
                            DueTime: string;
                            GmtCreateTime: string;
                            GmtModifiedTime: string;
                            InstanceId: string;
                            /** Format: int64 */
                            RemainingTimeInMs: number;
                        };
                        InstanceSnapshotList?: {
                            GmtCreateTime: string;
                            GmtModifiedTime: string;
                            ImageId: string;
                            ImageName: string;
                            ImageUrl: string;
                            ReasonCode: string;
                            ReasonMessage: string;
                            RepositoryUrl: string;
                            Status: string;
                        }[];
                        InstanceUrl?: string;
                        JupyterlabUrl?: string;
                        Labels?: {
                            Key: string;
                            Value: string;
                        }[];
                        LatestSnapshot?: {
                            GmtCreateTime: string;
                            GmtModifiedTime: string;
                            ImageId: string;
                            ImageName: string;
                            ImageUrl: string;
                            ReasonCode: string;
                            ReasonMessage: string;
                            RepositoryUrl: string;
                            Status: string;
                        };
                        Message?: string | null;
                        MigrationOptions?: Record<string, never>;
                        NodeErrorRecovery?: {
                            /** Format: int64 */
                            autoSwitchCountdownSeconds: number;
                            enableAutoSwitchOnNodeError: boolean;
                            hasNodeError: boolean;
                        };
                        PaymentType?: string;
                        PodIps?: {
                            InterfaceName: string;
                            Ip: string;
                            Type: string;
                        }[];
                        /** Format: int64 */
                        Priority?: number;
                        ProxyPath?: string;
                        ReasonCode?: string;
                        ReasonMessage?: string;
                        RequestedResource?: {
                            CPU: string;
                            GPU: string;
                            GPUType: string;
                            Memory: string;
                            SharedMemory: string;
                        };
                        RequestId?: string;
                        ResourceId?: string;
                        ResourceName?: string;
                        ServiceConfig?: {
                            CodeServerAuth: string;
                            CodeServerPassword: string;
                            JupyterServerAuth: string;
                            JupyterServerPassword: string;
                        };
                        Status?: string;
                        Success?: boolean;
                        Tags?: {
                            TagKey: string;
                            TagValue: string;
                        }[];
                        TenantId?: string;
                        TerminalUrl?: string;
                        UserCommandId?: string;
                        UserId?: string;
                        UserName?: string;
                        UserVpc?: {
                            BandwidthLimit: {
                                EgressRate: string;
                                EgressWhitelists: string[];
                                IngressRate: string;
                                IngressWhitelists: string[];
                            };
                            DefaultRoute: string;
                            ExtendedCIDRs: string[];
                            ForwardInfos: {
                                AccessType: string[];
                                ConnectInfo: {
                                    Internet: {
                                        Endpoint: string;
                                        Port: string;
                                    };
                                    Intranet: {
                                        Endpoint: string;
                                        Port: string;
                                    };
                                    Message: string;
                                    Phase: string;
                                };
                                ContainerName: string;
                                EipAllocationId: string;
                                Enable: boolean;
                                ExternalPort: string;
                                ForwardPort: string;
                                Name: string;
                                NatGatewayId: string;
                                NlbGatewayId: string;
                                SSHPublicKey: string;
                            }[];
                            Ip: string;
                            SecurityGroupId: string;
                            VpcId: string;
                            VSwitchId: string;
                        };
                        WebIDEUrl?: string;
                        WorkspaceId?: string;
                        WorkspaceName?: string;
                        WorkspaceSource?: string;
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    GetInstanceEvents: {
        parameters: {
            query?: {
                EndTime?: string;
                EventLevel?: "Info" | "Warning" | "Error";
                MaxEventsNum?: number;
                /** @description Events to skip. */
                Offset?: number;
                /** @description Newest first. */
                Reverse?: boolean;
                StartTime?: string;
                /** @description Sharing token of GetToken. */
                Token?: string;
            };
            header?: never;
            path: {
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code?: string | null;
                        Events?: string[];
                        /** Format: int32 */
                        HttpStatusCode?: number;
                        InstanceId?: string;
                        Message?: string | null;
                        RequestId?: string;
                        Success?: boolean;
                        /** Format: int64 */
                        TotalCount?: number;
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    GetLifecycle: {
        parameters: {
            query?: {
                /** @description Only steps that begin before it. */
                EndTime?: string;
                Limit?: number;
                /** @description Of the sessions, DESC by default; steps of a session are always in order of time. */
                Order?: "ASC" | "DESC";
                /** @description Sessions to skip. */
                SessionNumber?: number;
                /** @description Only steps that last beyond it. */
                StartTime?: string;
                /** @description Sharing token of GetToken. */
                Token?: string;
            };
            header?: never;
            path: {
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code?: string | null;
                        Lifecycle?: {
                            GmtCreateTime: string;
                            GmtEndTime: string;
                            LifecycleId: string;
                            ReasonCode: string;
                            ReasonMessage: string;
                            Status: string;
                        }[][];
                        Message?: string | null;
                        RequestId?: string;
                        Success?: boolean;
                        /** Format: int64 */
                        TotalCount?: number;
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    StartInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Instance id. */
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code?: string | null;
                        /** Format: int32 */
                        HttpStatusCode?: number;
                        InstanceId?: string;
                        Message?: string | null;
                        RequestId?: string;
                        Success?: boolean;
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    StopInstance: {
        parameters: {
            query?: {
                /** @description Saving the environment first is not supported yet: true is refused. */
                SaveImage?: boolean;
            };
            header?: never;
            path: {
                /** @description Instance id. */
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code?: string | null;
                        /** Format: int32 */
                        HttpStatusCode?: number;
                        InstanceId?: string;
                        Message?: string | null;
                        RequestId?: string;
                        Success?: boolean;
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    ListSystemLogs: {
        parameters: {
            query?: {
                GmtEndTime?: string;
                GmtStartTime?: string;
                /** @description Omitted: the latest changed instances of the default workspace, without their output. */
                InstanceId?: string;
                /** @description A step of GetLifecycle: its time bounds the answer. */
                LifecycleId?: string;
                LogLevel?: "Info" | "Warning" | "Error";
                /** @description Kept for compatibility; there is one repository. */
                LogRepository?: string;
                Offset?: number;
                /** @description Default ASC. */
                Order?: "ASC" | "DESC";
                ProblemCategory?: "InstanceStartFailed" | "InstanceTerminating" | "InstanceCreateFailed";
                SortBy?: "GmtCreateTime" | "GmtModifiedTime";
                /** @description Kept for compatibility; entries carry no request id. */
                SourceRequestId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Offset?: string;
                        SystemLogs?: {
                            Content: string;
                            GmtCreateTime: string;
                            Level: string;
                        }[];
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
    ExtendInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Instance id. */
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        InstanceId?: string;
                        /** Format: int32 */
                        MaxIdleTimeInMinutes?: number;
                        RequestId?: string;
                    };
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code: string;
                        Message: string;
                        RequestId: string;
                    };
                };
            };
        };
    };
}

/** Where each operation is called. */
export const routes = {
  ExtendInstance: ["POST", "/atelier/v1/instances/{InstanceId}/extend"],
  GetInstance: ["GET", "/api/v2/instances/{InstanceId}"],
  GetInstanceEvents: ["GET", "/api/v2/instances/{InstanceId}/events"],
  GetInstanceMetrics: ["GET", "/api/v2/instance/{InstanceId}/metrics"],
  GetLifecycle: ["GET", "/api/v2/instances/{InstanceId}/lifecycle"],
  ListInstances: ["GET", "/api/v2/instances"],
  ListSystemLogs: ["GET", "/api/v2/systemlogs"],
  ListWorkspaces: ["GET", "/api/v1/workspaces"],
  StartInstance: ["PUT", "/api/v2/instances/{InstanceId}/start"],
  StopInstance: ["PUT", "/api/v2/instances/{InstanceId}/stop"],
} as const;

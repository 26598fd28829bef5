// Made by scripts/types.mjs out of /openapi.json: not for editing.
export interface paths {
    "/?Action=AttachPolicyToUser&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Gives a user what a policy allows. */
        post: operations["AttachPolicyToUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=CreateAccessKey&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Makes an access key; its secret is shown this once. */
        post: operations["CreateAccessKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=CreateUser&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Makes a user. */
        post: operations["CreateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=DeleteAccessKey&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Deletes an access key. */
        post: operations["DeleteAccessKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=DeleteUser&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Deletes a user that has no keys. */
        post: operations["DeleteUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=DetachPolicyFromUser&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Takes a policy from a user. */
        post: operations["DetachPolicyFromUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=GetAccessKeyLastUsed&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description When an access key was used last, from where and for what. */
        post: operations["GetAccessKeyLastUsed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=GetUser&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Shows a user. */
        post: operations["GetUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=ListAccessKeys&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Lists access keys. */
        post: operations["ListAccessKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=ListPolicies&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Lists policies by name. */
        post: operations["ListPolicies"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=ListPoliciesForUser&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Lists the policies of a user. */
        post: operations["ListPoliciesForUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=ListUsers&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Lists users by name. */
        post: operations["ListUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/?Action=UpdateAccessKey&Version=2015-05-01": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Enables or disables an access key. */
        post: operations["UpdateAccessKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the images instances can start from. */
        get: operations["ListImages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
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
        /** @description Makes a workspace that the caller owns. */
        post: operations["CreateWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workspaces/{WorkspaceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Shows a workspace. */
        get: operations["GetWorkspace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workspaces/{WorkspaceId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the members of a workspace with their roles. */
        get: operations["ListMembers"];
        put?: never;
        /** @description Adds members to a workspace, all or none. */
        post: operations["CreateMember"];
        /** @description Removes members from a workspace, all or none. */
        delete: operations["DeleteMembers"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workspaces/{WorkspaceId}/members/{MemberId}/roles/{RoleName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Gives a member a role, which they may have already. */
        post: operations["AddMemberRole"];
        /** @description Takes a role from a member; without any they see the workspace and no more. */
        delete: operations["RemoveMemberRole"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/ecsspecs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the machine types that instances can have. */
        get: operations["ListEcsSpecs"];
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
        /** @description Makes an instance and starts it. */
        post: operations["CreateInstance"];
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
        /** @description Changes what is sent of an instance, restarting it when that is needed. */
        put: operations["UpdateInstance"];
        post?: never;
        /** @description Deletes an instance with its files. */
        delete: operations["DeleteInstance"];
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
    "/api/v2/instances/{InstanceId}/idleinstanceculler": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Stops an instance that has been idle for too long. */
        post: operations["CreateIdleInstanceCuller"];
        /** @description Removes an instance's idle rule. */
        delete: operations["DeleteIdleInstanceCuller"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/instances/{InstanceId}/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Adds labels to an instance, overwriting those of the same key. */
        put: operations["UpdateInstanceLabels"];
        post?: never;
        /** @description Removes labels of an instance by their keys. */
        delete: operations["DeleteInstanceLabels"];
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
    "/api/v2/instances/{InstanceId}/shutdowntimer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Sets when an instance stops by itself, replacing an earlier timer. */
        post: operations["CreateInstanceShutdownTimer"];
        /** @description Removes an instance's shutdown timer. */
        delete: operations["DeleteInstanceShutdownTimer"];
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
    "/api/v2/regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The region of this server, and its further names. */
        get: operations["DescribeRegions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the services the caller may see. */
        get: operations["ListServices"];
        put?: never;
        /** @description Makes a service of the service JSON and deploys it. */
        post: operations["CreateService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Returns one service. */
        get: operations["DescribeService"];
        /** @description Merges a service JSON into the present one, or replaces it. */
        put: operations["UpdateService"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/autoscaler": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The rule, and what was measured last. */
        get: operations["DescribeServiceAutoScaler"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What is wrong with a service and its instances, and what to do; empty: nothing. */
        get: operations["DescribeServiceDiagnosis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What happened to a service and its instances, the newest first. */
        get: operations["DescribeServiceEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the instances of a service. */
        get: operations["ListServiceInstances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The last lines that the instances of a service printed. */
        get: operations["DescribeServiceLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Starts a stopped or failed service. */
        put: operations["StartService"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Stops a service. */
        put: operations["StopService"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Goes to another version that is kept. */
        put: operations["UpdateServiceVersion"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/services/{ClusterId}/{ServiceName}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the configurations that a service had, the newest first. */
        get: operations["ListServiceVersions"];
        put?: never;
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
    "/api/v2/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Signs a token that lets its bearer read or open one instance until it expires. */
        get: operations["GetToken"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/auditrecords": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who changed what, and when: the newest first. */
        get: operations["ListAuditRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/bulk-jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the jobs of the caller, or of another user, the newest first. */
        get: operations["ListBulkJobs"];
        put?: never;
        /** @description Starts, stops or deletes all instances that a query finds, or tells in a dry run what would become of each. */
        post: operations["CreateBulkJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/bulk-jobs/{BulkJobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description How far a job is, and what failed in it. */
        get: operations["GetBulkJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/bulk-jobs/{BulkJobId}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Ends a job: what it has not come to is left alone. */
        post: operations["StopBulkJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/can": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description What the caller may do to what: what each operation itself would decide, asked of up to 200. */
        post: operations["CheckPermissions"];
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
    "/atelier/v1/instances/{InstanceId}/open-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Makes a link that opens an instance in one browser, once, within a minute. */
        post: operations["CreateOpenLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/instances/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Counts by state the instances that ListInstances finds on all pages. */
        get: operations["CountInstances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/instances/fit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Tells which machine types a new instance would find room for now, and what is in the way of the others. */
        get: operations["CheckInstanceFit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/recommenders/{instanceId}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** @description Locks a recommender by hand, or lifts that lock. */
        put: operations["LockRecommender"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/recommenders/{instanceId}/use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What a recommender holds, and what came of its recommendations. */
        get: operations["GetRecommenderUse"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/services/{ServiceName}/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What went through the gateway to a service or one of its instances over the last six hours: requests by class, latencies, waiting. */
        get: operations["GetServiceTraffic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists the browsers that the caller, or another user, is signed in with. */
        get: operations["ListSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/sessions/{SessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** @description Signs a browser out, at once. */
        delete: operations["DeleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/atelier/v1/sign-in-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Makes a link that signs a browser in, once, within a minute. */
        post: operations["CreateSignInLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/openapi/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists recommenders, the newest first. */
        get: operations["ListInstance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/openapi/instances/{instanceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One recommender. */
        get: operations["DescribeInstance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/openapi/instances/{instanceId}/actions/recommend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Recommends items to a user, best first. */
        get: operations["Recommend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/openapi/instances/{instanceId}/dataSets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Lists dataset versions, the newest first. */
        get: operations["ListDataSet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/openapi/instances/{instanceId}/dataSets/{versionId}/actions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description Lets another dataset version answer. */
        post: operations["AttachDataset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/openapi/instances/{instanceId}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description How far the latest import is. */
        get: operations["ListInstanceTask"];
        put?: never;
        post?: never;
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
    AttachPolicyToUser: {
        parameters: {
            query: {
                /** @description Name of the policy. */
                PolicyName: string;
                /** @description System: built in; Custom: made with CreatePolicy. */
                PolicyType: "System" | "Custom";
                /** @description Login name of the user. */
                UserName: string;
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
    CreateAccessKey: {
        parameters: {
            query?: {
                /** @description Whose keys; the caller's own when absent. */
                UserName?: string;
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
                        AccessKey?: {
                            AccessKeyId: string;
                            AccessKeySecret?: string;
                            CreateDate: string;
                            Status: string;
                        };
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
    CreateUser: {
        parameters: {
            query: {
                /** @description Not supported yet: refused. */
                Comments?: string;
                /** @description Name to show. */
                DisplayName?: string;
                /** @description Not supported yet: refused. */
                Email?: string;
                /** @description Not supported yet: refused. */
                MobilePhone?: string;
                /** @description Login name of the user. */
                UserName: string;
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
                        User?: {
                            Comments: string;
                            CreateDate: string;
                            DisplayName: string;
                            Email: string;
                            MobilePhone: string;
                            UpdateDate: string;
                            UserId: string;
                            UserName: string;
                        };
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
    DeleteAccessKey: {
        parameters: {
            query: {
                /** @description Id of the access key. */
                UserAccessKeyId: string;
                /** @description Whose keys; the caller's own when absent. */
                UserName?: string;
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
    DeleteUser: {
        parameters: {
            query: {
                /** @description Login name of the user. */
                UserName: string;
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
    DetachPolicyFromUser: {
        parameters: {
            query: {
                /** @description Name of the policy. */
                PolicyName: string;
                /** @description System: built in; Custom: made with CreatePolicy. */
                PolicyType: "System" | "Custom";
                /** @description Login name of the user. */
                UserName: string;
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
    GetAccessKeyLastUsed: {
        parameters: {
            query: {
                /** @description Id of the access key. */
                UserAccessKeyId: string;
                /** @description Whose keys; the caller's own when absent. */
                UserName?: string;
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
                        AccessKeyLastUsed?: {
                            LastUsedDate?: string;
                            ServiceName?: string;
                            SourceIp?: string;
                        };
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
    GetUser: {
        parameters: {
            query: {
                /** @description Login name of the user. */
                UserName: string;
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
                        User?: {
                            Comments: string;
                            CreateDate: string;
                            DisplayName: string;
                            Email: string;
                            MobilePhone: string;
                            UpdateDate: string;
                            UserId: string;
                            UserName: string;
                        };
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
    ListAccessKeys: {
        parameters: {
            query?: {
                /** @description Whose keys; the caller's own when absent. */
                UserName?: string;
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
                        AccessKeys?: {
                            AccessKey: {
                                AccessKeyId: string;
                                AccessKeySecret?: string;
                                CreateDate: string;
                                Status: string;
                            }[];
                        };
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
    ListPolicies: {
        parameters: {
            query?: {
                /** @description Marker of the page before. */
                Marker?: string;
                /** @description Of a page. */
                MaxItems?: number;
                /** @description Both when absent. */
                PolicyType?: "System" | "Custom";
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
                        IsTruncated?: boolean;
                        Marker?: string;
                        Policies?: {
                            Policy: {
                                /** Format: int64 */
                                AttachmentCount?: number;
                                CreateDate?: string;
                                DefaultVersion: string;
                                Description: string;
                                PolicyDocument?: string;
                                PolicyName: string;
                                PolicyType: string;
                                UpdateDate?: string;
                            }[];
                        };
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
    ListPoliciesForUser: {
        parameters: {
            query: {
                /** @description Login name of the user. */
                UserName: string;
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
                        Policies?: {
                            Policy: {
                                /** Format: int64 */
                                AttachmentCount?: number;
                                CreateDate?: string;
                                DefaultVersion: string;
                                Description: string;
                                PolicyDocument?: string;
                                PolicyName: string;
                                PolicyType: string;
                                UpdateDate?: string;
                            }[];
                        };
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
    ListUsers: {
        parameters: {
            query?: {
                /** @description Marker of the page before. */
                Marker?: string;
                /** @description Of a page. */
                MaxItems?: number;
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
                        IsTruncated?: boolean;
                        Marker?: string;
                        RequestId?: string;
                        Users?: {
                            User: {
                                Comments: string;
                                CreateDate: string;
                                DisplayName: string;
                                Email: string;
                                MobilePhone: string;
                                UpdateDate: string;
                                UserId: string;
                                UserName: string;
                            }[];
                        };
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
    UpdateAccessKey: {
        parameters: {
            query: {
                /** @description Requests with an inactive key are refused. */
                Status: "Active" | "Inactive";
                /** @description Id of the access key. */
                UserAccessKeyId: string;
                /** @description Whose keys; the caller's own when absent. */
                UserName?: string;
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
    ListImages: {
        parameters: {
            query?: {
                /** @description All images of this server are PUBLIC. */
                Accessibility?: "PUBLIC" | "PRIVATE";
                /** @description Exact. */
                ImageUri?: string;
                /** @description Has all of these, each as Key=Value, or Key=* for any value. Comma list. */
                Labels?: string;
                /** @description Part of the name, in any case. */
                Name?: string;
                /** @description ExactMatchName: Name must be equal. Comma list. */
                Options?: string;
                /** @description Default ASC. */
                Order?: "ASC" | "DESC";
                /** @description From 1. */
                PageNumber?: number;
                /** @description Entries of a page. */
                PageSize?: number;
                /** @description Part of the name, in any case. */
                Query?: string;
                /** @description Catalogue order. */
                SortBy?: "GmtCreateTime";
                /** @description Show labels as well. */
                Verbose?: boolean;
                /** @description Accepted; images are the same in every workspace. */
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
                        Images?: {
                            Accessibility: string;
                            Description: string;
                            GmtCreateTime: string;
                            GmtModifiedTime: string;
                            ImageId: string;
                            ImageUri: string;
                            Labels?: {
                                Key: string;
                                Value: string;
                            }[];
                            Name: string;
                            ParentUserId: string;
                            SourceId: string;
                            SourceType: string;
                            UserId: string;
                            WorkspaceId: string;
                        }[];
                        RequestId?: string;
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
    CreateWorkspace: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    Description: string;
                    DisplayName?: string | null;
                    EnvTypes: string[];
                    ResourceGroupId?: string | null;
                    WorkspaceName: string;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        RequestId?: string;
                        WorkspaceId?: string;
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
    GetWorkspace: {
        parameters: {
            query?: {
                /** @description Show details as well. */
                Verbose?: boolean;
            };
            header?: never;
            path: {
                /** @description Workspace id. */
                WorkspaceId: string;
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
                        AdminNames?: string[];
                        Creator?: string;
                        Description?: string;
                        DisplayName?: string;
                        EnvTypes?: string[];
                        ExtraInfos?: Record<string, never>;
                        GmtCreateTime?: string;
                        GmtModifiedTime?: string;
                        IsDefault?: boolean;
                        Owner?: {
                            DisplayName: string;
                            UserId: string;
                            UserKp: string;
                            UserName: string;
                        };
                        RequestId?: string;
                        ResourceGroupId?: string;
                        Status?: string;
                        WorkspaceId?: string;
                        WorkspaceName?: string;
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
    ListMembers: {
        parameters: {
            query?: {
                /** @description Part of the login or display name, in any case. */
                MemberName?: string;
                /** @description From 1. */
                PageNumber?: number;
                /** @description Entries of a page. */
                PageSize?: number;
                /** @description Has any of these roles. Comma list of PAI.WorkspaceOwner,PAI.WorkspaceAdmin,PAI.AlgoDeveloper,PAI.AlgoOperator,PAI.LabelManager,PAI.MaxComputeDeveloper,PAI.WorkspaceGuest. */
                Roles?: string;
                /** @description Exact. */
                UserId?: string;
            };
            header?: never;
            path: {
                /** @description Workspace id. */
                WorkspaceId: string;
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
                        Members?: {
                            AccountName: string;
                            AccountType: string;
                            DisplayName: string;
                            GmtCreateTime: string;
                            MemberId: string;
                            MemberName: string;
                            Roles: string[];
                            UserId: string;
                        }[];
                        RequestId?: string;
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
    CreateMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Workspace id. */
                WorkspaceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    Members: {
                        Roles: string[];
                        UserId: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Members?: {
                            DisplayName: string;
                            MemberId: string;
                            Roles: string[];
                            UserId: string;
                        }[];
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
    DeleteMembers: {
        parameters: {
            query: {
                /** @description Member ids, separated by commas; all or none are removed. Comma list. */
                MemberIds: string;
            };
            header?: never;
            path: {
                /** @description Workspace id. */
                WorkspaceId: string;
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
    AddMemberRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Member id. */
                MemberId: string;
                /** @description Role; PAI.WorkspaceOwner can be neither given nor taken. */
                RoleName: "PAI.WorkspaceOwner" | "PAI.WorkspaceAdmin" | "PAI.AlgoDeveloper" | "PAI.AlgoOperator" | "PAI.LabelManager" | "PAI.MaxComputeDeveloper" | "PAI.WorkspaceGuest";
                /** @description Workspace id. */
                WorkspaceId: string;
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
    RemoveMemberRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Member id. */
                MemberId: string;
                /** @description Role; PAI.WorkspaceOwner can be neither given nor taken. */
                RoleName: "PAI.WorkspaceOwner" | "PAI.WorkspaceAdmin" | "PAI.AlgoDeveloper" | "PAI.AlgoOperator" | "PAI.LabelManager" | "PAI.MaxComputeDeveloper" | "PAI.WorkspaceGuest";
                /** @description Workspace id. */
                WorkspaceId: string;
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
    ListEcsSpecs: {
        parameters: {
            query: {
                AcceleratorType: "CPU" | "GPU";
                /** @description Default DESC. */
                Order?: "ASC" | "DESC";
                PageNumber?: number;
                PageSize?: number;
                /** @description ECS is the only kind there is. */
                ResourceType?: string;
                /** @description The catalogue's order stands for the time of creation. */
                SortBy?: "gmtCreate" | "GmtCreateTime";
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
                        EcsSpecs?: {
                            AcceleratorType: string;
                            /** Format: int64 */
                            CPU: number;
                            Currency: string;
                            /** Format: int64 */
                            GPU: number;
                            GPUMemorySize: number;
                            GPUType: string;
                            /** Format: int64 */
                            InstanceBandwidthRx: number;
                            InstanceType: string;
                            IsAvailable: boolean;
                            Labels: {
                                Key: string;
                                Value: string;
                            }[];
                            Memory: number;
                            Price: number;
                            SpotStockStatus: string;
                            /** Format: int64 */
                            SystemDiskCapacity: number;
                        }[];
                        /** Format: int32 */
                        HttpStatusCode?: number;
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
    CreateInstance: {
        parameters: {
            query?: {
                /** @description Makes repeats of this request within 24 hours mean the same one; also as a header of this name or in the body. */
                ClientToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string|null} */
                    Accessibility?: "PRIVATE" | "PUBLIC" | null;
                    AccessRestrictionRules?: unknown;
                    Affinity?: unknown;
                    AssignNodeSpec?: unknown;
                    ClientToken?: string | null;
                    CloudDisks?: unknown;
                    CredentialConfig?: {
                        AliyunEnvRoleKey?: string | null;
                        Configs?: {
                            Key?: string | null;
                            Roles?: {
                                AssumeRoleFor?: string | null;
                                Policy?: string | null;
                                RoleArn?: string | null;
                                RoleType?: string | null;
                                UserInfo?: {
                                    AccessKeyId?: string | null;
                                    Id?: string | null;
                                    SecurityToken?: string | null;
                                    Type?: string | null;
                                } | null;
                            }[] | null;
                            Type?: string | null;
                        }[] | null;
                        Enable?: boolean | null;
                    } | null;
                    Datasets?: unknown;
                    DockerConfig?: unknown;
                    Driver?: string | null;
                    DynamicMount?: unknown;
                    EcsSpec?: string | null;
                    EnvironmentVariables?: Record<string, never> | null;
                    ImageAuth?: string | null;
                    ImageId?: string | null;
                    ImageUrl?: string | null;
                    InstanceName?: string | null;
                    Labels?: {
                        Key: string;
                        Value?: string | null;
                    }[] | null;
                    MigrationOptions?: Record<string, never> | null;
                    /** @enum {string|null} */
                    OversoldType?: "ForceQuotaOverSold" | "AcceptQuotaOverSold" | "ForbiddenQuotaOverSold" | null;
                    /** Format: int64 */
                    Priority?: number | null;
                    RequestedResource?: unknown;
                    ResourceId?: unknown;
                    SpotSpec?: unknown;
                    Tag?: {
                        Key: string;
                        Value?: string | null;
                    }[] | null;
                    UserCommand?: {
                        OnStart?: {
                            Content?: string | null;
                        } | null;
                    } | null;
                    UserId?: string | null;
                    UserVpc?: unknown;
                    WorkspaceId?: string | null;
                    WorkspaceSource?: unknown;
                };
            };
        };
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
    UpdateInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Instance id. */
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string|null} */
                    Accessibility?: "PRIVATE" | "PUBLIC" | null;
                    AccessRestrictionRules?: unknown;
                    Affinity?: unknown;
                    AssignNodeSpec?: unknown;
                    CloudDisks?: unknown;
                    CredentialConfig?: {
                        AliyunEnvRoleKey?: string | null;
                        Configs?: {
                            Key?: string | null;
                            Roles?: {
                                AssumeRoleFor?: string | null;
                                Policy?: string | null;
                                RoleArn?: string | null;
                                RoleType?: string | null;
                                UserInfo?: {
                                    AccessKeyId?: string | null;
                                    Id?: string | null;
                                    SecurityToken?: string | null;
                                    Type?: string | null;
                                } | null;
                            }[] | null;
                            Type?: string | null;
                        }[] | null;
                        Enable?: boolean | null;
                    } | null;
                    Datasets?: unknown;
                    DisassociateAssignNode?: boolean | null;
                    DisassociateCredential?: boolean | null;
                    DisassociateDatasets?: boolean | null;
                    DisassociateDriver?: boolean | null;
                    DisassociateEnvironmentVariables?: boolean | null;
                    DisassociateForwardInfos?: boolean | null;
                    DisassociateMigrationOptions?: boolean | null;
                    DisassociateSpot?: boolean | null;
                    DisassociateUserCommand?: boolean | null;
                    DisassociateVpc?: boolean | null;
                    DockerConfig?: unknown;
                    Driver?: string | null;
                    DynamicMount?: unknown;
                    EcsSpec?: string | null;
                    EnvironmentVariables?: Record<string, never> | null;
                    ImageAuth?: string | null;
                    ImageId?: string | null;
                    ImageUrl?: string | null;
                    InstanceName?: string | null;
                    MigrationOptions?: Record<string, never> | null;
                    /** @enum {string|null} */
                    OversoldType?: "ForceQuotaOverSold" | "AcceptQuotaOverSold" | "ForbiddenQuotaOverSold" | null;
                    /** Format: int64 */
                    Priority?: number | null;
                    RequestedResource?: unknown;
                    ResourceId?: unknown;
                    SpotSpec?: unknown;
                    StartInstance?: boolean | null;
                    UserCommand?: {
                        OnStart?: {
                            Content?: string | null;
                        } | null;
                    } | null;
                    UserId?: string | null;
                    UserVpc?: unknown;
                    WorkspaceSource?: unknown;
                };
            };
        };
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
    DeleteInstance: {
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
    CreateIdleInstanceCuller: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Instance id. */
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: int32 */
                    CpuPercentThreshold: number | null;
                    /** Format: int32 */
                    GpuPercentThreshold?: number | null;
                    /** Format: int32 */
                    MaxIdleTimeInMinutes: number | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Code?: string | null;
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
    DeleteIdleInstanceCuller: {
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
    UpdateInstanceLabels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Instance id. */
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    Labels: {
                        Key: string;
                        Value?: string | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
    DeleteInstanceLabels: {
        parameters: {
            query: {
                /** @description Keys to remove, separated by commas; unknown ones are ignored. Comma list. */
                LabelKeys: string;
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
    CreateInstanceShutdownTimer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Instance id. */
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    DueTime?: string | null;
                    /** Format: int64 */
                    RemainingTimeInMs?: number | null;
                };
            };
        };
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
    DeleteInstanceShutdownTimer: {
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
    DescribeRegions: {
        parameters: {
            query?: never;
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
                        Regions?: {
                            RegionId: string;
                            RegionName: string;
                        }[];
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
    ListServices: {
        parameters: {
            query?: {
                /** @description All are PUBLIC: the members of a workspace see each other's services. */
                Accessibility?: "PUBLIC" | "PRIVATE";
                AutoscalerEnabled?: boolean;
                CallerUid?: string;
                CronscalerEnabled?: boolean;
                /** @description Part of the name, whatever its case. */
                Filter?: string;
                Gateway?: string;
                GroupName?: string;
                /** @description With WorkspaceId: services of no workspace too. */
                IncludeNoWorkspace?: boolean;
                /** @description JSON object as text. */
                Label?: string;
                /** @description Default desc. */
                Order?: "asc" | "desc" | "Asc" | "Desc" | "ASC" | "DESC";
                /** @description From 1. */
                PageNumber?: number;
                /** @description Entries of a page. */
                PageSize?: number;
                ParentServiceUid?: string;
                QuotaId?: string;
                ResourceAliasName?: string;
                ResourceBurstable?: boolean;
                ResourceId?: string;
                ResourceName?: string;
                ResourceType?: string;
                Role?: string;
                ServiceName?: string;
                ServiceStatus?: "Creating" | "Deploying" | "Pending" | "Waiting" | "Running" | "Updating" | "HotUpdate" | "Scaling" | "Starting" | "Stopping" | "Stopped" | "Deleting" | "DeleteFailed" | "Failed" | "Complete" | "Cloning" | "Committing" | "Developing" | "Deleted";
                ServiceType?: string;
                ServiceUid?: string;
                Sort?: "CreateTime" | "UpdateTime" | "ServiceName";
                TrafficState?: "standalone" | "grouping";
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
                        /** Format: int64 */
                        PageNumber?: number;
                        /** Format: int64 */
                        PageSize?: number;
                        RequestId?: string;
                        Services?: {
                            AccessToken: string;
                            AppConfig: string;
                            AppSpecName: string;
                            AppType: string;
                            AppVersion: string;
                            AutoscalerEnabled: boolean;
                            CallerUid: string;
                            /** Format: int64 */
                            Cpu: number;
                            CreateTime: string;
                            CronscalerEnabled: boolean;
                            /** Format: int64 */
                            CurrentVersion: number;
                            ExtraData: string;
                            Gateway: string;
                            /** Format: int64 */
                            Gpu: number;
                            /** Format: int64 */
                            GPUCorePercentage: number;
                            /** Format: int64 */
                            GPUMemory: number;
                            Image: string;
                            InstanceCountInResource: {
                                /** Format: int64 */
                                Dedicated: number;
                                /** Format: int64 */
                                Public: number;
                                /** Format: int64 */
                                Quota: number;
                            };
                            InternetEndpoint: string;
                            IntranetEndpoint: string;
                            Labels: {
                                LabelKey: string;
                                LabelValue: string;
                            }[];
                            /** Format: int64 */
                            LatestVersion: number;
                            /** Format: int64 */
                            Memory: number;
                            Message: string;
                            Namespace: string;
                            ParentUid: string;
                            /** Format: int64 */
                            PendingInstance: number;
                            QuotaId: string;
                            Reason: string;
                            Region: string;
                            Resource: string;
                            ResourceAlias: string;
                            ResourceBurstable: boolean;
                            Role: string;
                            RoleAttrs: string;
                            /** Format: int64 */
                            RunningInstance: number;
                            SafetyLock: string;
                            SecondaryInternetEndpoint: string;
                            SecondaryIntranetEndpoint: string;
                            ServiceConfig: string;
                            ServiceGroup: string;
                            ServiceId: string;
                            ServiceName: string;
                            ServiceType: string;
                            ServiceUid: string;
                            Source: string;
                            Status: string;
                            /** Format: int64 */
                            TotalInstance: number;
                            TrafficState: string;
                            UpdateTime: string;
                            /** Format: int64 */
                            Weight: number;
                            WorkloadType: string;
                            WorkspaceId: string;
                        }[];
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
    CreateService: {
        parameters: {
            query?: {
                Develop?: boolean;
                /** @description JSON object as text. */
                Labels?: string;
                /** @description Omitted: metadata.workspace_id, else the caller's default. */
                WorkspaceId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        InternetEndpoint?: string;
                        IntranetEndpoint?: string;
                        Region?: string;
                        RequestId?: string;
                        ServiceId?: string;
                        ServiceName?: string;
                        Status?: string;
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
    DescribeService: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        AccessToken?: string;
                        AppConfig?: string;
                        AppSpecName?: string;
                        AppType?: string;
                        AppVersion?: string;
                        AutoscalerEnabled?: boolean;
                        CallerUid?: string;
                        /** Format: int64 */
                        Cpu?: number;
                        CreateTime?: string;
                        CronscalerEnabled?: boolean;
                        /** Format: int64 */
                        CurrentVersion?: number;
                        ExtraData?: string;
                        Gateway?: string;
                        /** Format: int64 */
                        Gpu?: number;
                        /** Format: int64 */
                        GPUCorePercentage?: number;
                        /** Format: int64 */
                        GPUMemory?: number;
                        Image?: string;
                        InstanceCountInResource?: {
                            /** Format: int64 */
                            Dedicated: number;
                            /** Format: int64 */
                            Public: number;
                            /** Format: int64 */
                            Quota: number;
                        };
                        InternetEndpoint?: string;
                        IntranetEndpoint?: string;
                        Labels?: {
                            LabelKey: string;
                            LabelValue: string;
                        }[];
                        /** Format: int64 */
                        LatestVersion?: number;
                        /** Format: int64 */
                        Memory?: number;
                        Message?: string;
                        Namespace?: string;
                        ParentUid?: string;
                        /** Format: int64 */
                        PendingInstance?: number;
                        QuotaId?: string;
                        Reason?: string;
                        Region?: string;
                        RequestId?: string;
                        Resource?: string;
                        ResourceAlias?: string;
                        ResourceBurstable?: boolean;
                        Role?: string;
                        RoleAttrs?: string;
                        /** Format: int64 */
                        RunningInstance?: number;
                        SafetyLock?: string;
                        SecondaryInternetEndpoint?: string;
                        SecondaryIntranetEndpoint?: string;
                        ServiceConfig?: string;
                        ServiceGroup?: string;
                        ServiceId?: string;
                        ServiceName?: string;
                        ServiceType?: string;
                        ServiceUid?: string;
                        Source?: string;
                        Status?: string;
                        /** Format: int64 */
                        TotalInstance?: number;
                        TrafficState?: string;
                        UpdateTime?: string;
                        /** Format: int64 */
                        Weight?: number;
                        WorkloadType?: string;
                        WorkspaceId?: string;
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
    UpdateService: {
        parameters: {
            query?: {
                MemberToUpdate?: string;
                /** @description Default merge. */
                UpdateType?: "merge" | "replace";
            };
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Message?: string;
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
    DescribeServiceAutoScaler: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        Behavior?: {
                            onZero?: {
                                /** Format: int64 */
                                scaleDownGracePeriodSeconds?: number;
                                /** Format: int64 */
                                scaleUpActivationReplicas?: number;
                            };
                            scaleDown?: {
                                /** Format: int64 */
                                stabilizationWindowSeconds?: number;
                            };
                            scaleUp?: {
                                /** Format: int64 */
                                stabilizationWindowSeconds?: number;
                            };
                        };
                        CurrentMetrics?: {
                            metricName: string;
                            service: string;
                            value: number;
                        }[];
                        /** Format: int64 */
                        MaxReplica?: number;
                        /** Format: int64 */
                        MinReplica?: number;
                        RequestId?: string;
                        ScaleStrategies?: {
                            metricName: string;
                            service?: string;
                            threshold: number;
                        }[];
                        ServiceName?: string;
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
    DescribeServiceDiagnosis: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        DiagnosisList?: {
                            Advices: string[];
                            Causes: string[];
                            Error: string;
                        }[];
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
    DescribeServiceEvent: {
        parameters: {
            query?: {
                /** @description The same; default now. */
                EndTime?: string;
                EventType?: "Normal" | "Warning";
                InstanceName?: string;
                PageNum?: number;
                PageSize?: number;
                /** @description yyyy-MM-dd HH:mm:ss, UTC; default seven days ago. */
                StartTime?: string;
            };
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        Events?: {
                            Message: string;
                            Reason: string;
                            Resource: string;
                            Time: string;
                            Type: string;
                        }[];
                        /** Format: int64 */
                        PageNum?: number;
                        RequestId?: string;
                        /** Format: int64 */
                        TotalCount?: number;
                        /** Format: int64 */
                        TotalPageNum?: number;
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
    ListServiceInstances: {
        parameters: {
            query?: {
                /** @description Part of the name, an address or the machine type, case ignored. */
                Filter?: string;
                HostIP?: string;
                InstanceIP?: string;
                InstanceName?: string;
                InstanceStatus?: string;
                InstanceType?: string;
                IsSpot?: boolean;
                ListReplica?: boolean;
                MemberType?: string;
                /** @description By StartTime; default desc. */
                Order?: "asc" | "desc" | "Asc" | "Desc" | "ASC" | "DESC";
                /** @description From 1. */
                PageNumber?: number;
                /** @description Entries of a page. */
                PageSize?: number;
                QuotaId?: string;
                ReplicaName?: string;
                Resource?: string;
                ResourceType?: "PublicResource" | "DedicatedResource" | "PrivateResource";
                Role?: "DataSet" | "SDProxy" | "Standard" | "Queue" | "DataLoader";
                Sort?: "StartTime";
            };
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        Instances?: {
                            CreateTime: string;
                            CurrentAmount: number;
                            Detached: boolean;
                            /** Format: int64 */
                            ExternalInstancePort: number;
                            ExternalIP: string;
                            HostIP: string;
                            HostName: string;
                            InnerIP: string;
                            InstanceName: string;
                            /** Format: int64 */
                            InstancePort: number;
                            InstanceType: string;
                            IsLatest: boolean;
                            Isolated: boolean;
                            IsReplica: boolean;
                            IsSpot: boolean;
                            LastState: {
                                /** Format: int32 */
                                ExitCode?: number;
                                FinishedAt: string;
                                Log: string;
                                Message: string;
                                Reason: string;
                                /** Format: int32 */
                                Signal?: number;
                                StartedAt: string;
                            }[];
                            Namespace: string;
                            OriginalAmount: number;
                            /** Format: int64 */
                            ReadyProcesses: number;
                            Reason: string;
                            ReplicaName: string;
                            ResourceType: string;
                            /** Format: int64 */
                            RestartCount: number;
                            Role: string;
                            StartAt: string;
                            StartTime: string;
                            Status: string;
                            TenantHostIP: string;
                            TenantInstanceIP: string;
                            /** Format: int64 */
                            TotalProcesses: number;
                            Zone: string;
                        }[];
                        /** Format: int64 */
                        PageNumber?: number;
                        /** Format: int64 */
                        PageSize?: number;
                        RequestId?: string;
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
    DescribeServiceLog: {
        parameters: {
            query?: {
                ContainerName?: string;
                EndTime?: string;
                InstanceName?: string;
                Ip?: string;
                /** @description Lines with this text. */
                Keyword?: string;
                PageNum?: number;
                PageSize?: number;
                /** @description Of the run before the present one. */
                Previous?: boolean;
                StartTime?: string;
            };
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        Logs?: string[];
                        /** Format: int64 */
                        PageNum?: number;
                        RequestId?: string;
                        /** Format: int64 */
                        TotalCount?: number;
                        /** Format: int64 */
                        TotalPageNum?: number;
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
    StartService: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        Message?: string;
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
    StopService: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        Message?: string;
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
    UpdateServiceVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: int64 */
                    Version: number | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Message?: string;
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
    ListServiceVersions: {
        parameters: {
            query?: {
                /** @description From 1. */
                PageNumber?: number;
                /** @description Entries of a page. */
                PageSize?: number;
            };
            header?: never;
            path: {
                /** @description Region, or a name of it. */
                ClusterId: string;
                ServiceName: string;
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
                        /** Format: int64 */
                        PageNumber?: number;
                        /** Format: int64 */
                        PageSize?: number;
                        RequestId?: string;
                        /** Format: int64 */
                        TotalCount?: number;
                        Versions?: {
                            BuildTime: string;
                            ImageAvailable: string;
                            /** Format: int64 */
                            ImageId: number;
                            Message: string;
                            ServiceConfig: string;
                            ServiceRunnable: string;
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
    GetToken: {
        parameters: {
            query: {
                Audience?: "Aliyun" | "ThirdParty";
                /** @description Seconds that the token is good for. */
                ExpireTime?: number;
                InstanceId: string;
                /** @description View (default): read the instance. Access: open it through the gateway, too. */
                Type?: "Access" | "View";
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
                        Message?: string | null;
                        RequestId?: string;
                        Success?: boolean;
                        Token?: string;
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
    ListAuditRecords: {
        parameters: {
            query?: {
                /** @description Only before then. */
                EndTime?: string;
                MaxResults?: number;
                /** @description Of the page before. A page may be short and have one. */
                NextToken?: string;
                /** @description Only of this operation, as DeleteInstance. */
                Operation?: string;
                /** @description Only of this caller: the end of an ARN, as user/ada. */
                Principal?: string;
                /** @description Only from then on. */
                StartTime?: string;
                /** @description Only of this target, as an instance id. */
                Target?: string;
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
                        AuditRecords?: {
                            Operation: string;
                            Principal: string;
                            RequestId: string;
                            SourceIp: string;
                            Target: string;
                            Time: string;
                        }[];
                        NextToken?: string;
                        RequestId?: string;
                        /** Format: int64 */
                        Unreadable?: number;
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
    ListBulkJobs: {
        parameters: {
            query?: {
                /** @description From 1. */
                PageNumber?: number;
                /** @description Entries of a page. */
                PageSize?: number;
                /** @description Of this user instead of the caller; ALL: of everybody. */
                UserId?: string;
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
                        BulkJobs?: {
                            Action: string;
                            BulkJobId: string;
                            /** Format: int64 */
                            Done?: number;
                            /** Format: int64 */
                            Failed?: number;
                            GmtCreateTime: string;
                            GmtEndTime?: string;
                            /** Format: int64 */
                            Left?: number;
                            Query: {
                                [key: string]: string;
                            };
                            /** Format: int64 */
                            Revision: number;
                            /** Format: int64 */
                            Skipped?: number;
                            Status: string;
                            /** Format: int64 */
                            TotalCount: number;
                            /** Format: int64 */
                            UnderWay?: number;
                            UserId: string;
                            UserName: string;
                        }[];
                        RequestId?: string;
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
    CreateBulkJob: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    Action: "Start" | "Stop" | "Delete";
                    ClientToken?: string | null;
                    DryRun?: boolean | null;
                    Query: {
                        [key: string]: string;
                    };
                    /** Format: int64 */
                    Revision?: number | null;
                    /** Format: int64 */
                    TotalCount?: number | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        BulkJobId?: string;
                        DryRun?: {
                            Counts: {
                                [key: string]: number;
                            };
                            /** Format: int64 */
                            Revision: number;
                            Shares: {
                                /** Format: int64 */
                                Count: number;
                                Instances: {
                                    InstanceId: string;
                                    InstanceName: string;
                                    Status: string;
                                }[];
                                Message: string;
                                Outcome: string;
                                Reason: string;
                            }[];
                            /** Format: int64 */
                            TotalCount: number;
                        };
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
    GetBulkJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                BulkJobId: string;
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
                        Action?: string;
                        BulkJobId?: string;
                        /** Format: int64 */
                        Done?: number;
                        /** Format: int64 */
                        Failed?: number;
                        Failures?: {
                            Code: string;
                            /** Format: int64 */
                            Count: number;
                            InstanceIds: string[];
                            Message: string;
                        }[];
                        GmtCreateTime?: string;
                        GmtEndTime?: string;
                        /** Format: int64 */
                        Left?: number;
                        Query?: {
                            [key: string]: string;
                        };
                        RequestId?: string;
                        /** Format: int64 */
                        Revision?: number;
                        /** Format: int64 */
                        Skipped?: number;
                        Status?: string;
                        /** Format: int64 */
                        TotalCount?: number;
                        /** Format: int64 */
                        UnderWay?: number;
                        UserId?: string;
                        UserName?: string;
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
    StopBulkJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                BulkJobId: string;
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
                        BulkJobId?: string;
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
    CheckPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    Questions: {
                        Action: string;
                        Resource?: string | null;
                    }[];
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        Permissions?: {
                            Action: string;
                            Allowed: boolean;
                            Code: string;
                            Message: string;
                            Resource: string;
                        }[];
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
    CreateOpenLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                InstanceId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    Path?: string | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ExpiresAt?: string;
                        PortUrl?: string;
                        RequestId?: string;
                        Url?: string;
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
    CountInstances: {
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
                OversoldInfo?: "ForbiddenQuotaOverSold" | "ForceQuotaOverSold" | "PendingQuotaOverSold";
                OversoldType?: "ForceQuotaOverSold" | "AcceptQuotaOverSold" | "ForbiddenQuotaOverSold";
                PaymentType?: "PayAsYouGo" | "Subscription";
                /** @description Omitted: pay-as-you-go instances only. ALL: every instance. */
                ResourceId?: string;
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
                        Counts?: {
                            [key: string]: number;
                        };
                        RequestId?: string;
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
    CheckInstanceFit: {
        parameters: {
            query?: {
                /** @description Machine types, at most 100; default: all that ListEcsSpecs names. Comma list. */
                EcsSpec?: string;
                /** @description Whose it would be; default: yours. */
                UserId?: string;
                /** @description Where it would be made; default: your default workspace. */
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
                        Fits?: {
                            Fits: boolean;
                            InstanceType: string;
                            Lacks?: {
                                CPU?: number;
                                GPU?: number;
                                /** Format: int64 */
                                Instances?: number;
                                Memory?: number;
                                /** Format: int64 */
                                Processes?: number;
                            };
                            Message?: string;
                            Reason?: string;
                        }[];
                        Left?: {
                            CPU?: number;
                            GPU?: number;
                            /** Format: int64 */
                            Instances?: number;
                            Memory?: number;
                            /** Format: int64 */
                            Processes?: number;
                        };
                        RequestId?: string;
                        Room?: {
                            CPU?: number;
                            GPU?: number;
                            /** Format: int64 */
                            Instances?: number;
                            Memory?: number;
                            /** Format: int64 */
                            Processes?: number;
                        };
                        UserId?: string;
                        WorkspaceId?: string;
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
    LockRecommender: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instanceId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    locked: boolean;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
    GetRecommenderUse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instanceId: string;
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
                        RequestId?: string;
                        result?: {
                            /** Format: int64 */
                            behaviors: number;
                            /** Format: int64 */
                            items: number;
                            /** Format: int64 */
                            recommended: number;
                            traced: {
                                [key: string]: number;
                            };
                            /** Format: int64 */
                            users: number;
                            versions: {
                                [key: string]: {
                                    /** Format: int64 */
                                    recommended: number;
                                    /** Format: int64 */
                                    traced: number;
                                };
                            };
                        };
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
    GetServiceTraffic: {
        parameters: {
            query?: {
                /** @description Default: now. */
                EndTime?: string;
                /** @description Of this instance; default: of the service. */
                InstanceName?: string;
                /** @description Seconds, a multiple of 10. Default: the shortest with at most 360 points. */
                Period?: number;
                /** @description Default: one hour before EndTime. */
                StartTime?: string;
            };
            header?: never;
            path: {
                ServiceName: string;
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
                        InstanceName?: string;
                        LatencyBounds?: number[];
                        /** Format: int64 */
                        Period?: number;
                        Points?: {
                            /** Format: int64 */
                            GivenUp: number;
                            Latency: number[];
                            P50?: number;
                            P95?: number;
                            P99?: number;
                            /** Format: int64 */
                            Seconds: number;
                            /** Format: int64 */
                            Status1xx: number;
                            /** Format: int64 */
                            Status2xx: number;
                            /** Format: int64 */
                            Status3xx: number;
                            /** Format: int64 */
                            Status4xx: number;
                            /** Format: int64 */
                            Status5xx: number;
                            /** Format: int64 */
                            Status429: number;
                            /** Format: int64 */
                            Status450: number;
                            /** Format: int64 */
                            Time: number;
                            UnderWay: number;
                            Waiting: number;
                        }[];
                        RequestId?: string;
                        ServiceName?: string;
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
    ListSessions: {
        parameters: {
            query?: {
                /** @description From 1. */
                PageNumber?: number;
                /** @description Entries of a page. */
                PageSize?: number;
                /** @description Of this user instead of the caller; ALL: of everybody. */
                UserId?: string;
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
                        Sessions?: {
                            Current: boolean;
                            ExpiresAt: string;
                            GmtCreateTime: string;
                            LastUsedTime: string;
                            Method: string;
                            SessionId: string;
                            SourceIp: string;
                            UserAgent: string;
                            UserId: string;
                            UserName: string;
                        }[];
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
    DeleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                SessionId: string;
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
    CreateSignInLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    UserId?: string | null;
                };
            };
        };
        responses: {
            /** @description Success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ExpiresAt?: string;
                        RequestId?: string;
                        Ticket?: string;
                        Url?: string;
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
    ListInstance: {
        parameters: {
            query?: {
                /** @description UNIX seconds, later than now: instances that expire from now until then. */
                expiredTime?: string;
                /** @description Part of the id, whatever its case. */
                instanceId?: string;
                /** @description Part of the name, whatever its case. */
                name?: string;
                page?: number;
                size?: number;
                status?: "Initializing" | "Ready" | "Running";
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
                        code?: string;
                        message?: string;
                        requestId?: string;
                        result?: {
                            chargeType: string;
                            commodityCode: string;
                            dataSetVersion: string;
                            expiredTime: string;
                            gmtCreate: string;
                            gmtModified: string;
                            industry: string;
                            instanceId: string;
                            lockMode: string;
                            name: string;
                            regionId: string;
                            status: string;
                            type: string;
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
    DescribeInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instanceId: string;
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
                        code?: string;
                        message?: string;
                        requestId?: string;
                        result?: {
                            chargeType: string;
                            commodityCode: string;
                            dataSetVersion: string;
                            expiredTime: string;
                            gmtCreate: string;
                            gmtModified: string;
                            industry: string;
                            instanceId: string;
                            lockMode: string;
                            name: string;
                            regionId: string;
                            scene: string;
                            status: string;
                            type: string;
                        };
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
    Recommend: {
        parameters: {
            query: {
                /** @description Base64 of a JSON filter, with - _ . for + / =. */
                filter?: string;
                imei?: string;
                ip?: string;
                /** @description itemId:itemType, for rr. Comma list. */
                items?: string;
                rankOpen?: boolean;
                /** @description Default: the scene of the instance. */
                recType?: "gul" | "rr" | "hot";
                returnCount: number;
                /** @description Only items that name it as their scene_id. */
                sceneId?: string;
                serviceType?: string;
                /** @description Without slots for items there is no fixedSlot. */
                strategy?: string;
                /** @description This or imei is required. */
                userId?: string;
                userInfo?: string;
            };
            header?: never;
            path: {
                instanceId: string;
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
                        code?: string;
                        message?: string;
                        requestId?: string;
                        result?: {
                            flowWeight: number;
                            itemId: string;
                            itemType: string;
                            matchInfo: string;
                            message: string;
                            /** Format: int64 */
                            position: number;
                            traceId: string;
                            traceInfo: string;
                            weight: number;
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
    ListDataSet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instanceId: string;
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
                        code?: string;
                        message?: string;
                        requestId?: string;
                        result?: {
                            /** Format: int64 */
                            gmtCreate: number;
                            /** Format: int64 */
                            gmtModified: number;
                            instanceId: string;
                            state: string;
                            versionId: string;
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
    AttachDataset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instanceId: string;
                versionId: string;
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
                        code?: string;
                        message?: string;
                        requestId?: string;
                        result?: {
                            /** Format: int64 */
                            gmtCreate: number;
                            /** Format: int64 */
                            gmtModified: number;
                            instanceId: string;
                            state: string;
                            versionId: string;
                        };
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
    ListInstanceTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                instanceId: string;
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
                        code?: string;
                        message?: string;
                        requestId?: string;
                        result?: {
                            name: string;
                            subProgressInfos: {
                                detail: string;
                                /** Format: int64 */
                                finishedNum: number;
                                /** Format: int64 */
                                progress: number;
                                /** Format: int64 */
                                totalNum: number;
                                type: string;
                            }[];
                            /** Format: int64 */
                            totalProgress: number;
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
}

/** Where each operation is called. */
export const routes = {
  AddMemberRole: ["POST", "/api/v1/workspaces/{WorkspaceId}/members/{MemberId}/roles/{RoleName}"],
  AttachDataset: ["POST", "/v2/openapi/instances/{instanceId}/dataSets/{versionId}/actions/current"],
  AttachPolicyToUser: ["POST", "/?Action=AttachPolicyToUser&Version=2015-05-01"],
  CheckInstanceFit: ["GET", "/atelier/v1/instances/fit"],
  CheckPermissions: ["POST", "/atelier/v1/can"],
  CountInstances: ["GET", "/atelier/v1/instances/counts"],
  CreateAccessKey: ["POST", "/?Action=CreateAccessKey&Version=2015-05-01"],
  CreateBulkJob: ["POST", "/atelier/v1/bulk-jobs"],
  CreateIdleInstanceCuller: ["POST", "/api/v2/instances/{InstanceId}/idleinstanceculler"],
  CreateInstance: ["POST", "/api/v2/instances"],
  CreateInstanceShutdownTimer: ["POST", "/api/v2/instances/{InstanceId}/shutdowntimer"],
  CreateMember: ["POST", "/api/v1/workspaces/{WorkspaceId}/members"],
  CreateOpenLink: ["POST", "/atelier/v1/instances/{InstanceId}/open-links"],
  CreateService: ["POST", "/api/v2/services"],
  CreateSignInLink: ["POST", "/atelier/v1/sign-in-links"],
  CreateUser: ["POST", "/?Action=CreateUser&Version=2015-05-01"],
  CreateWorkspace: ["POST", "/api/v1/workspaces"],
  DeleteAccessKey: ["POST", "/?Action=DeleteAccessKey&Version=2015-05-01"],
  DeleteIdleInstanceCuller: ["DELETE", "/api/v2/instances/{InstanceId}/idleinstanceculler"],
  DeleteInstance: ["DELETE", "/api/v2/instances/{InstanceId}"],
  DeleteInstanceLabels: ["DELETE", "/api/v2/instances/{InstanceId}/labels"],
  DeleteInstanceShutdownTimer: ["DELETE", "/api/v2/instances/{InstanceId}/shutdowntimer"],
  DeleteMembers: ["DELETE", "/api/v1/workspaces/{WorkspaceId}/members"],
  DeleteSession: ["DELETE", "/atelier/v1/sessions/{SessionId}"],
  DeleteUser: ["POST", "/?Action=DeleteUser&Version=2015-05-01"],
  DescribeInstance: ["GET", "/v2/openapi/instances/{instanceId}"],
  DescribeRegions: ["GET", "/api/v2/regions"],
  DescribeService: ["GET", "/api/v2/services/{ClusterId}/{ServiceName}"],
  DescribeServiceAutoScaler: ["GET", "/api/v2/services/{ClusterId}/{ServiceName}/autoscaler"],
  DescribeServiceDiagnosis: ["GET", "/api/v2/services/{ClusterId}/{ServiceName}/diagnosis"],
  DescribeServiceEvent: ["GET", "/api/v2/services/{ClusterId}/{ServiceName}/events"],
  DescribeServiceLog: ["GET", "/api/v2/services/{ClusterId}/{ServiceName}/logs"],
  DetachPolicyFromUser: ["POST", "/?Action=DetachPolicyFromUser&Version=2015-05-01"],
  ExtendInstance: ["POST", "/atelier/v1/instances/{InstanceId}/extend"],
  GetAccessKeyLastUsed: ["POST", "/?Action=GetAccessKeyLastUsed&Version=2015-05-01"],
  GetBulkJob: ["GET", "/atelier/v1/bulk-jobs/{BulkJobId}"],
  GetInstance: ["GET", "/api/v2/instances/{InstanceId}"],
  GetInstanceEvents: ["GET", "/api/v2/instances/{InstanceId}/events"],
  GetInstanceMetrics: ["GET", "/api/v2/instance/{InstanceId}/metrics"],
  GetLifecycle: ["GET", "/api/v2/instances/{InstanceId}/lifecycle"],
  GetRecommenderUse: ["GET", "/atelier/v1/recommenders/{instanceId}/use"],
  GetServiceTraffic: ["GET", "/atelier/v1/services/{ServiceName}/traffic"],
  GetToken: ["GET", "/api/v2/tokens"],
  GetUser: ["POST", "/?Action=GetUser&Version=2015-05-01"],
  GetWorkspace: ["GET", "/api/v1/workspaces/{WorkspaceId}"],
  ListAccessKeys: ["POST", "/?Action=ListAccessKeys&Version=2015-05-01"],
  ListAuditRecords: ["GET", "/atelier/v1/auditrecords"],
  ListBulkJobs: ["GET", "/atelier/v1/bulk-jobs"],
  ListDataSet: ["GET", "/v2/openapi/instances/{instanceId}/dataSets"],
  ListEcsSpecs: ["GET", "/api/v2/ecsspecs"],
  ListImages: ["GET", "/api/v1/images"],
  ListInstance: ["GET", "/v2/openapi/instances"],
  ListInstanceTask: ["GET", "/v2/openapi/instances/{instanceId}/tasks"],
  ListInstances: ["GET", "/api/v2/instances"],
  ListMembers: ["GET", "/api/v1/workspaces/{WorkspaceId}/members"],
  ListPolicies: ["POST", "/?Action=ListPolicies&Version=2015-05-01"],
  ListPoliciesForUser: ["POST", "/?Action=ListPoliciesForUser&Version=2015-05-01"],
  ListServiceInstances: ["GET", "/api/v2/services/{ClusterId}/{ServiceName}/instances"],
  ListServiceVersions: ["GET", "/api/v2/services/{ClusterId}/{ServiceName}/versions"],
  ListServices: ["GET", "/api/v2/services"],
  ListSessions: ["GET", "/atelier/v1/sessions"],
  ListSystemLogs: ["GET", "/api/v2/systemlogs"],
  ListUsers: ["POST", "/?Action=ListUsers&Version=2015-05-01"],
  ListWorkspaces: ["GET", "/api/v1/workspaces"],
  LockRecommender: ["PUT", "/atelier/v1/recommenders/{instanceId}/lock"],
  Recommend: ["GET", "/v2/openapi/instances/{instanceId}/actions/recommend"],
  RemoveMemberRole: ["DELETE", "/api/v1/workspaces/{WorkspaceId}/members/{MemberId}/roles/{RoleName}"],
  StartInstance: ["PUT", "/api/v2/instances/{InstanceId}/start"],
  StartService: ["PUT", "/api/v2/services/{ClusterId}/{ServiceName}/start"],
  StopBulkJob: ["POST", "/atelier/v1/bulk-jobs/{BulkJobId}/stop"],
  StopInstance: ["PUT", "/api/v2/instances/{InstanceId}/stop"],
  StopService: ["PUT", "/api/v2/services/{ClusterId}/{ServiceName}/stop"],
  UpdateAccessKey: ["POST", "/?Action=UpdateAccessKey&Version=2015-05-01"],
  UpdateInstance: ["PUT", "/api/v2/instances/{InstanceId}"],
  UpdateInstanceLabels: ["PUT", "/api/v2/instances/{InstanceId}/labels"],
  UpdateService: ["PUT", "/api/v2/services/{ClusterId}/{ServiceName}"],
  UpdateServiceVersion: ["PUT", "/api/v2/services/{ClusterId}/{ServiceName}/version"],
} as const;
